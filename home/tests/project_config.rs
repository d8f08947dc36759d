//! `.meshpilot/mcp.json` as the contract gives it.

use std::error::Error;

use meshpilot_home::{
    ProjectConfig, ProjectHome, new_key, read_project_config, write_project_config,
};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

const URL: &str = "http://127.0.0.1:3456";
const MCP: &str = "http://127.0.0.1:3456/mcp";

fn project(scratch: &tempfile::TempDir) -> Result<ProjectHome, Box<dyn Error>> {
    let folder = scratch.path().join("shop");
    std::fs::create_dir_all(&folder)?;
    Ok(ProjectHome::open(&folder, Some(&scratch.path().join("data")))?)
}

#[test]
fn it_is_a_client_configuration_and_meshpilots_own_file() -> Outcome {
    let scratch = tempfile::tempdir()?;
    let home = project(&scratch)?;
    assert_eq!(read_project_config(&home)?, None);

    let key = new_key()?;
    write_project_config(&home, URL, MCP, &key, "b_1", "0.1.0")?;
    let written: Value = serde_json::from_slice(&std::fs::read(home.mcp_json())?)?;
    assert_eq!(
        written,
        json!({
            "mcpServers": {"meshpilot": {
                "type": "http",
                "url": MCP,
                "headers": {"Authorization": format!("Bearer {}", key.as_str())},
            }},
            "meshpilot": {"url": URL, "boardId": "b_1", "version": "0.1.0"},
        })
    );
    assert_eq!(
        read_project_config(&home)?,
        Some(ProjectConfig {
            url: URL.to_owned(),
            mcp_url: MCP.to_owned(),
            key,
            board_id: "b_1".to_owned(),
            version: "0.1.0".to_owned(),
        })
    );
    let ignore = home.project().join(".meshpilot/.gitignore");
    assert_eq!(std::fs::read_to_string(ignore)?, "*\n");
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_it_and_a_planted_link_gets_no_key() -> Outcome {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = tempfile::tempdir()?;
    let home = project(&scratch)?;
    let key = new_key()?;

    let folder = home.project().join(".meshpilot");
    let elsewhere = scratch.path().join("elsewhere");
    std::fs::create_dir(&elsewhere)?;
    symlink(&elsewhere, &folder)?;
    assert!(write_project_config(&home, URL, MCP, &key, "b", "0").is_err());
    assert_eq!(std::fs::read_dir(&elsewhere)?.count(), 0);

    std::fs::remove_file(&folder)?;
    write_project_config(&home, URL, MCP, &key, "b", "0")?;
    for (path, mode) in [(&home.mcp_json(), 0o600), (&folder, 0o700)] {
        let found = std::fs::metadata(path)?.permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    }

    std::fs::remove_file(home.mcp_json())?;
    symlink(elsewhere.join("stolen"), home.mcp_json())?;
    assert!(write_project_config(&home, URL, MCP, &key, "b", "0").is_err());
    assert!(!elsewhere.join("stolen").exists());
    Ok(())
}

#[test]
fn without_the_ignore_file_no_key_is_written() -> Outcome {
    let scratch = tempfile::tempdir()?;
    let home = project(&scratch)?;
    // A folder in its place can't be replaced by a file.
    std::fs::create_dir_all(home.project().join(".meshpilot/.gitignore"))?;
    assert!(write_project_config(&home, URL, MCP, &new_key()?, "b", "0").is_err());
    assert!(!home.mcp_json().exists());
    Ok(())
}

#[test]
fn a_damaged_file_is_an_error_that_repeats_nothing_of_it() -> Outcome {
    let scratch = tempfile::tempdir()?;
    let home = project(&scratch)?;
    let key = new_key()?;
    write_project_config(&home, URL, MCP, &key, "b", "0")?;
    let text = std::fs::read_to_string(home.mcp_json())?;
    let in_the_wrong_place = text.replace("\"http\"", &format!("[\"{}\"]", key.as_str()));
    std::fs::write(home.mcp_json(), in_the_wrong_place)?;
    let refused = read_project_config(&home).err().ok_or("it was accepted")?;
    assert!(!refused.to_string().contains(key.as_str()), "{refused}");
    assert!(refused.to_string().contains("line"), "{refused}");
    Ok(())
}
