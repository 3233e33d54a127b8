// Verifies a published record with nothing of Chancery's own: Go's golang.org/x/mod/sumdb packages note and
// tlog judge the signature, every tile, every entry and the proofs between sizes.
//
//	verify VKEY FOLDER|URL [OLD-CHECKPOINT-FILE...]
//
// Exit code 0 when all of it holds; 1 with the reason on standard error when not.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A tile of C2SP tlog-tiles has 2^8 hashes.
const height = 8

type log struct{ prefix string }

func (l log) read(path string) ([]byte, error) {
	if !strings.Contains(l.prefix, "://") {
		return os.ReadFile(filepath.Join(l.prefix, path))
	}
	answer, err := http.Get(strings.TrimSuffix(l.prefix, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// path is where C2SP puts what x/mod calls tile/8/L/N: the height is left out, and data are called entries.
func path(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
	return "tile/" + strings.Replace(rest, "data/", "entries/", 1)
}

func (l log) Height() int { return height }

func (l log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := l.read(path(t))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (l log) SaveTiles([]tlog.Tile, [][]byte) {}

// checkpoint opens a signed checkpoint: origin, size, root.
func checkpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, fmt.Errorf("the root is no hash")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(root)}, nil
}

// entries checks every entry against its authenticated leaf hash.
func (l log) entries(tree tlog.Tree, hashes tlog.HashReader) error {
	for n := int64(0); n*256 < tree.N; n++ {
		width := min(256, tree.N-n*256)
		bundle, err := l.read(path(tlog.Tile{H: height, L: -1, N: n, W: int(width)}))
		if err != nil {
			return err
		}
		for i := n * 256; i < n*256+width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("the bundle ends within entry %d", i)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
			if err != nil {
				return err
			}
			if tlog.RecordHash(bundle[2:end]) != leaf[0] {
				return fmt.Errorf("entry %d is not what its leaf commits to", i)
			}
			bundle = bundle[end:]
		}
		if len(bundle) > 0 {
			return fmt.Errorf("bundle %d is too long", n)
		}
	}
	return nil
}

// every reads each tile of the tree once, so that none is left unchecked.
func (l log) every(tree tlog.Tree, hashes tlog.HashReader) error {
	for level := 0; tree.N>>(height*level) > 0; level++ {
		count := tree.N >> (height * level)
		for i := int64(0); i < count; i++ {
			if _, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(height*level, i)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// proofs lets x/mod prove and check: each old checkpoint is a prefix, first and last entry are included.
func proofs(tree tlog.Tree, hashes tlog.HashReader, old []tlog.Tree) error {
	for _, was := range old {
		proof, err := tlog.ProveTree(tree.N, was.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, was.N, was.Hash); err != nil {
			return fmt.Errorf("the checkpoint of %d entries is no prefix: %w", was.N, err)
		}
	}
	for _, i := range []int64{0, tree.N / 2, tree.N - 1} {
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, i, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, i, leaf[0]); err != nil {
			return err
		}
	}
	return nil
}

func verify(vkey, prefix string, earlier []string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	l := log{prefix}
	text, err := l.read("checkpoint")
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := checkpoint(text, verifier)
	if err != nil || tree.N == 0 {
		return tree, err
	}
	var old []tlog.Tree
	for _, file := range earlier {
		text, err := os.ReadFile(file)
		if err != nil {
			return tree, err
		}
		was, err := checkpoint(text, verifier)
		if err != nil {
			return tree, err
		}
		old = append(old, was)
	}
	hashes := tlog.TileHashReader(tree, l)
	if err := l.every(tree, hashes); err != nil {
		return tree, err
	}
	if err := l.entries(tree, hashes); err != nil {
		return tree, err
	}
	return tree, proofs(tree, hashes, old)
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: verify VKEY FOLDER|URL [OLD-CHECKPOINT-FILE...]")
		os.Exit(2)
	}
	tree, err := verify(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(1)
	}
	fmt.Printf("%d entries, root %s\n", tree.N, tree.Hash)
}
