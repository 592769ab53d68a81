import subprocess
import sys

import pytest

import wparchive


@pytest.mark.parametrize("name", wparchive.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(wparchive, name).__name__ == name


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = wparchive.nothing


def test_importing_the_package_imports_no_backend_and_no_export():
    code = (
        "import sys, wparchive\n"
        "print(sorted(name for name in sys.modules if name.startswith('wparchive.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['wparchive.errors']"
