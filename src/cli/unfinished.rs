//! What stands in a data folder while something is brought in that must not be served by half.

use crate::private;
use anyhow::Context;
use meetellen_events::values::OrganisationId;
use std::fs;
use std::io;
use std::path::Path;

/// Where a backup is unpacked and checked before it takes its place.
pub const RESTORE: &str = "restore.unfinished";

/// Names the organisation whose history is on its way in.
const IMPORT: &str = "import.unfinished";

/// Refuses a folder into which something was brought by half.
pub fn refuse(data: &Path) -> anyhow::Result<()> {
    refuse_restore(data)?;
    anyhow::ensure!(
        !data.join(IMPORT).exists(),
        "an import into {} was broken off: import the file again, or remove {IMPORT} there to go without the rest",
        data.display()
    );
    Ok(())
}

/// Refuses a folder that a backup is on its way into: done again, a restore removes what is there.
pub fn refuse_restore(data: &Path) -> anyhow::Result<()> {
    anyhow::ensure!(
        !data.join(RESTORE).exists(),
        "a restore into {} was broken off: restore the backup again",
        data.display()
    );
    Ok(())
}

/// Says in the folder that an organisation's history is on its way in; refused while another's is.
pub fn begin_import(data: &Path, organisation: OrganisationId) -> anyhow::Result<()> {
    let begun = begun(data)?;
    let other = begun.filter(|begun| *begun != organisation);
    anyhow::ensure!(
        other.is_none(),
        "an import of another organisation into {} was broken off: finish that first",
        data.display()
    );
    let (path, beside) = (data.join(IMPORT), data.join("import.unfinished.new"));
    private::replace(&path, &beside, organisation.to_string().as_bytes())
        .with_context(|| format!("{} can't be written", path.display()))
}

/// Says that all of it is there.
pub fn end_import(data: &Path, organisation: OrganisationId) -> anyhow::Result<()> {
    if begun(data)? != Some(organisation) {
        return Ok(());
    }
    let path = data.join(IMPORT);
    fs::remove_file(&path)?;
    Ok(private::sync_name(&path)?)
}

fn begun(data: &Path) -> anyhow::Result<Option<OrganisationId>> {
    match fs::read_to_string(data.join(IMPORT)) {
        Ok(text) => {
            let whose = text.parse();
            Ok(Some(whose.with_context(|| {
                format!("{IMPORT} names no organisation")
            })?))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
