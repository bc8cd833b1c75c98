"""Callers of a deprecated API are told so with every answer."""

import email.utils
import time

import requests

from running_platform import PUBLISHER


def test_answers_of_a_deprecated_api_say_since_when_and_until_when(platform, administrator, backend):
    properties = [{"name": "sunset", "value": "2099-01-31", "display": True}]
    api = administrator.publish_new("Swansong", backend.url, additionalProperties=properties)
    headers = {"Authorization": f"Bearer {administrator.subscribed_token(api, 'Listeners')}"}
    before = requests.get(f"{platform.gateway}/swansong/1.0.0/x", headers=headers)
    assert before.status_code == 200 and "Deprecation" not in before.headers and "Sunset" not in before.headers

    administrator.post(f"{PUBLISHER}/apis/change-lifecycle?apiId={api['id']}&action=Deprecate", expect=200)
    for credentials, status in [(headers, 200), ({}, 401)]:
        after = requests.get(f"{platform.gateway}/swansong/1.0.0/x", headers=credentials)
        assert after.status_code == status
        assert after.headers["Deprecation"].startswith("@")
        assert abs(int(after.headers["Deprecation"][1:]) - time.time()) < 60
        assert email.utils.parsedate_to_datetime(after.headers["Sunset"]).isoformat() == "2099-01-31T00:00:00+00:00"
