//! Files and folders that only the server's own user may look into.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Makes a folder, with mode 0700, where it is missing.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // One that was there may be open to others.
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    sync_name(folder)
}

/// Opens a file so that a new one has mode 0600.
pub fn open(options: &mut OpenOptions, path: &Path) -> std::io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

/// Puts `bytes` in place of what `path` held, whole or not at all, through the file `beside` in the same folder.
pub fn replace(path: &Path, beside: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = open(
        OpenOptions::new().write(true).create(true).truncate(true),
        beside,
    )?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(beside, path)?;
    sync_name(path)
}

/// A new name is on disk once its folder is synced.
pub fn sync_name(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
