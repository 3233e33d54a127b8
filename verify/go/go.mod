module chancery.invalid/verify

go 1.25

require golang.org/x/mod v0.0.0

// ./check puts the module there, from the copy that every Go toolchain carries. With the Go module proxy at
// hand, delete this line and run: go get golang.org/x/mod
replace golang.org/x/mod => ../../target/check/go/mod
