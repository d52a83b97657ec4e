"""make sbom: the software bill of materials of what runs, as CycloneDX JSON in var/sbom.cdx.json.

Each package of requirements.lock that is installed here: its version, its licences, the hashes by which it may be
installed. The same lock on the same system gives the same file, byte for byte.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TO = ROOT / "var/sbom.cdx.json"


def plain(name: str) -> str:
    """The name of a package as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, list[str]]:
    """The packages of a lock, each with its SHA-256 hashes."""
    entries = re.findall(r"^([\w.-]+)==.*((?:\n +--hash=sha256:\w+.*)+)", text, re.M)
    return {plain(name): re.findall(r"sha256:(\w+)", hashes) for name, hashes in entries}


def main() -> None:
    hashes = locked((ROOT / "requirements.lock").read_text())
    made = subprocess.run(
        [
            *(ROOT / ".venv/tools/bin/cyclonedx-py", "environment", "--output-reproducible"),
            *("--pyproject", ROOT / "pyproject.toml", sys.executable),
        ],
        capture_output=True,
        check=True,
    )
    bom = json.loads(made.stdout)
    bom["components"] = [part for part in bom["components"] if plain(part["name"]) in hashes]
    for part in bom["components"]:
        digests = [{"alg": "SHA-256", "content": digest} for digest in hashes[plain(part["name"])]]
        url = f"https://pypi.org/project/{part['name']}/"
        part["externalReferences"] = [{"type": "distribution", "url": url, "hashes": digests}]
    kept = {part["bom-ref"] for part in [*bom["components"], bom["metadata"]["component"]]}
    bom["dependencies"] = [each for each in bom["dependencies"] if each["ref"] in kept]
    for each in bom["dependencies"]:
        each["dependsOn"] = [one for one in each.get("dependsOn", ()) if one in kept]
    TO.parent.mkdir(exist_ok=True)
    TO.write_text(json.dumps(bom, indent=1, sort_keys=True) + "\n")
    print(f"{len(bom['components'])} packages in {TO.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
