"""make audit: the known vulnerabilities of every package that is locked. Ends with

    0  every package was looked up, and none has a known vulnerability
    1  packages have some: they are listed
    3  no advisory service knew every package, so whether one is vulnerable is unknown

pip-audit itself ends with 0 and "No known vulnerabilities found" when the service knows none of the packages, which is
what a mirror of the index answers. So its report is read here, and a package that it passed over counts as unknown.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

# What is installed together is looked up together; the tools have a virtual environment of their own.
TOGETHER = (("requirements.lock", "requirements-dev.lock", "requirements-model.lock"), ("requirements-tools.lock",))
SERVICES = ("pypi", "osv")  # asked in this order, until one knows every package
NONE_KNOWN, FOUND, UNKNOWN = 0, 1, 3


def look_up(service: str) -> tuple[list[dict[str, Any]], str]:
    """What a service says of each package, and why it says nothing of all or some of them."""
    packages = list[dict[str, Any]]()
    for locks in TOGETHER:
        done = subprocess.run(
            [
                *(Path(sys.executable).with_name("pip-audit"), "--vulnerability-service", service),
                *("--progress-spinner=off", "--format=json", "--desc=off", "--disable-pip", "--require-hashes"),
                *(part for lock in locks for part in ("-r", lock)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        try:
            packages += json.loads(done.stdout)["dependencies"]
        except ValueError:
            said = done.stderr.strip().splitlines() or [f"pip-audit ended with {done.returncode}"]
            return packages, said[-1].partition(": ")[0]
    passed_over = sum("skip_reason" in package for package in packages)
    return packages, f"knows nothing of {passed_over} of {len(packages)} packages" if passed_over else ""


def main() -> int:
    unknown = []
    for service in SERVICES:
        packages, why = look_up(service)
        bad = [(package, found) for package in packages for found in package.get("vulns", ())]
        for package, found in bad:
            mended = ", ".join(found["fix_versions"]) or "no version yet"
            print(f"{package['name']} {package['version']}: {found['id']}, mended in {mended}")
        if bad:
            return FOUND
        if not why:
            print(f"No known vulnerability in {len(packages)} packages, says {service}.")
            return NONE_KNOWN
        unknown.append(f"{service}: {why}")
    print(f"NOT AUDITED, so whether a package is vulnerable is unknown. {'; '.join(unknown)}.")
    return UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
