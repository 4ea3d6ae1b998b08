//! stub
pub mod format;
/// stub
pub fn files(_: &crate::record::folder::Folder) -> Result<Vec<(String, String)>, std::io::Error> {
    Ok(vec![])
}
