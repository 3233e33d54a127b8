//! Tantivy over the same folded words.

use std::path::Path;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, ReloadPolicy, Searcher, Term, doc};

pub struct Peer {
    body: Field,
    searcher: Searcher,
}

impl Peer {
    /// One thread, positions, nothing stored.
    pub fn build(at: &Path, papers: &[String]) -> Self {
        let _ = std::fs::remove_dir_all(at);
        std::fs::create_dir_all(at).expect("a folder to work in");
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let body =
            schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
        let id = schema.add_u64_field("id", FAST);
        let index = Index::create_in_dir(at, schema.build()).expect("an empty folder");
        let mut writer = index.writer_with_num_threads(1, 500_000_000).expect("one writer");
        for (number, paper) in papers.iter().enumerate() {
            writer
                .add_document(doc!(body => paper.as_str(), id => number as u64))
                .expect("a document");
        }
        writer.commit().expect("a commit");
        writer.wait_merging_threads().expect("merging");
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let searcher = reader.try_into().expect("a reader").searcher();
        Self { body, searcher }
    }

    fn phrase(&self, words: &[&str]) -> Box<dyn Query> {
        let terms: Vec<Term> = words.iter().map(|w| Term::from_field_text(self.body, w)).collect();
        match terms.as_slice() {
            [only] => Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new(terms)),
        }
    }

    fn top(&self, clauses: Vec<(Occur, Box<dyn Query>)>) -> Vec<u32> {
        let query = BooleanQuery::new(clauses);
        let found = self.searcher.search(&query, &TopDocs::with_limit(10)).expect("a search");
        found
            .into_iter()
            .map(|(_, address)| {
                let column = self.searcher.segment_reader(address.segment_ord).fast_fields();
                let ids = column.u64("id").expect("the column of numbers");
                ids.first(address.doc_id).unwrap_or(u64::MAX) as u32
            })
            .collect()
    }

    /// All fragments as phrases.
    pub fn all_fragments(&self, fragments: &[Vec<&str>]) -> Vec<u32> {
        self.top(fragments.iter().map(|f| (Occur::Must, self.phrase(f))).collect())
    }

    /// Any three words in a row.
    pub fn any_three(&self, fragments: &[Vec<&str>]) -> Vec<u32> {
        let mut clauses = Vec::new();
        for fragment in fragments {
            let width = fragment.len().min(3);
            clauses.extend(fragment.windows(width).map(|w| (Occur::Should, self.phrase(w))));
        }
        self.top(clauses)
    }
}
