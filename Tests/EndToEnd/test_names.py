"""The tests of a worker share one platform, and which files a worker gets is chance: no two files may use one name on it."""

import re
from collections import defaultdict
from pathlib import Path

PUBLISHING = re.compile(r'(?:administrator\.(?:publish_new|create_api)\(|publish\(administrator, )"([^"]+)"')


def test_each_name_on_the_shared_platform_belongs_to_one_file():
    files = defaultdict(set)
    for file in Path(__file__).parent.glob("test_*.py"):
        for name in PUBLISHING.findall(file.read_text()):
            files[name.lower()].add(file.name)
    assert len(files) > 30
    assert {name: sorted(where) for name, where in files.items() if len(where) > 1} == {}
