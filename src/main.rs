//! The `openrush` program.

fn main() {}
