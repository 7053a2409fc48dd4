#!/usr/bin/env python3
"""Records request/answer pairs from a real Camunda 7, and checks them against any server.

    pairs.py record --base http://127.0.0.1:8080/engine-rest FILE...   # writes the answers into the files
    pairs.py check  --base http://127.0.0.1:8080/engine-rest FILE...   # prints what differs

The server must have the /test endpoints of the oracle (see fixtures/oracle): each file begins with an empty engine. The form of
the files is described in README.md; server/tests/golden.rs replays the same files without a server. Needs requests.
"""

import argparse
import json
import re
import sys
from datetime import datetime, timezone
from pathlib import Path

import requests

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b1[0-9]{15}\b")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}")
MILLIS = re.compile(r"\b1[0-9]{12}\b")
HERE = Path(__file__).resolve().parent


class Pair:
    def __init__(self, line):
        self.line = line
        method, _, rest = line.partition(" ")
        path, _, body = rest.partition(" ")
        self.method, self.path, self.body = method, path, body.strip()
        self.before = []  # remarks, copied as they are
        self.options = []  # lines that belong to the request
        self.headers, self.parts, self.captures = {}, [], []
        self.ordered, self.kept, self.masked = False, False, []
        self.answer = None

    def option(self, line):
        self.options.append(line)
        kind, text = line.strip()[0], line.strip()[1:].strip()
        if kind == "|":
            name, _, value = text.partition(":")
            self.headers[name.strip()] = value.strip()
        elif kind == "+":
            self.parts.append(text)
        elif kind == "$":
            name, _, path = text.partition("=")
            self.captures.append((name.strip(), path.strip()))
        elif text == "ordered":
            self.ordered = True
        elif text == "kept":
            self.kept = True
        elif text.startswith("masked"):
            self.masked = text.split()[1:]
        else:
            sys.exit(f"unknown line: {line}")


def parse(text):
    pairs, before, tail = [], [], []
    for line in text.split("\n"):
        if line.split(" ", 1)[0] in METHODS and " " in line:
            pair = Pair(line.rstrip() if line.strip() not in METHODS else line)
            pair.before, before = before, []
            pairs.append(pair)
        elif line.startswith(" -> "):
            pairs[-1].answer = line[4:]
        elif re.match(r"  [|+$!]", line):
            pairs[-1].option(line)
        elif line.startswith(" ~"):
            pass
        else:
            before.append(line)
    return pairs, before


def fill(text, names):
    return re.sub(r"\$\{?([a-zA-Z][a-zA-Z0-9]*)\}?", lambda m: names.get(m.group(1), m.group(0)), text)


def part(text):
    """`name = text`, or `name @ file [as filename] [; media type]`."""
    head, _, media = text.partition(" ; ")
    media = media.strip() or None
    name, sign, rest = re.match(r"(\S+) ([=@])\s?(.*)$", head).groups()
    if sign == "=":
        return name, (None, rest.encode(), media)
    file, _, filename = rest.partition(" as ")
    content = (HERE / "files" / file.strip()).read_bytes()
    return name, (filename.strip() or file.strip(), content, media or "application/octet-stream")


def multipart(parts):
    boundary = "----pairs"
    out = b""
    for text in parts:
        name, (filename, content, media) = part(text)
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if filename not in (None, "-"):
            out += f'; filename="{filename}"'.encode()
        out += b"\r\n"
        if media:
            out += f"Content-Type: {media}\r\n".encode()
        out += b"\r\n" + content + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def send(base, pair, names):
    headers = {"Accept": None, "Accept-Encoding": None, "User-Agent": None}
    body = fill(pair.body, names).encode()
    if pair.parts:
        body, headers["Content-Type"] = multipart(pair.parts)
    elif pair.method in ("POST", "PUT", "PATCH"):
        headers["Content-Type"] = "application/json"
    for name, value in pair.headers.items():
        headers[name] = value or None
    request = requests.Request(pair.method, base, data=body or None, headers=headers)
    with requests.Session() as session:
        session.headers.clear()
        prepared = session.prepare_request(request)
        prepared.url = base + fill(pair.path, names)
        if pair.method in ("POST", "PUT") and not body:
            prepared.headers["Content-Length"] = "0"
        return session.send(prepared, timeout=60)


def at(value, path):
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)]
        elif step == "*":
            value = list(value.values())[0]
        else:
            value = value[step]
    return value


def normal(text, base, names, given):
    """A text without what differs from run to run."""
    text = text.replace(base, "<base>")
    for name, value in sorted(names.items(), key=lambda item: -len(item[1])):
        if len(value) > 12:
            text = text.replace(value, "$" + name)
    text = ID.sub("<id>", text)
    now = datetime.now(timezone.utc)

    def time(match):
        if match.group(0) in given:
            return match.group(0)
        days = (datetime.strptime(match.group(0), "%Y-%m-%dT%H:%M:%S.%f%z") - now).total_seconds() / 86400
        return "<time>" if abs(days) < 0.5 else f"<time{round(days):+}d>" if abs(days) < 800 else match.group(0)

    return MILLIS.sub("<millis>", TIME.sub(time, text))


def mask(text, names):
    """A text whose values of these names, and in plain text all numbers, do not show."""

    def hidden(value):
        if isinstance(value, dict):
            return {key: "<masked>" if key in names else hidden(item) for key, item in value.items()}
        return [hidden(item) for item in value] if isinstance(value, list) else value

    value = json.loads(text)
    if isinstance(value, str):
        return json.dumps(re.sub(r"\d+", "0", value))
    return json.dumps(hidden(value), ensure_ascii=False, separators=(",", ":"))


def answer(response, pair, base, names, given):
    media = response.headers.get("Content-Type")
    text = normal(response.content.decode("utf-8", "replace"), base, names, given)
    if media and media.startswith("text/html") or media and "wadl" in media:
        text = ""  # a page of Tomcat, a description by Jersey: nobody reads them
    elif not (media and media.split(";")[0].endswith("json")) and text:
        text = json.dumps(text.split("\n\tat ")[0].rstrip(), ensure_ascii=False)  # stack traces are Java's
    text = re.sub(r'"durationInMillis":\d+', '"durationInMillis":"<n>"', text)
    if pair.masked:
        text = mask(text, pair.masked)
    return f"{response.status_code} [{media}] {text}".rstrip()


def canonical(value, ordered, top=True):
    if isinstance(value, dict):
        return {key: canonical(item, ordered, False) for key, item in value.items()}
    if isinstance(value, list):
        items = [canonical(item, ordered, False) for item in value]
        return items if top and ordered else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
    return value


def comparable(text, ordered):
    head, _, body = text.partition("] ")
    try:
        return head, canonical(json.loads(body), ordered)
    except ValueError:
        return head, body


def paths(expected, got, path=""):
    """Where two values differ."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in {**expected, **got}:
            yield from paths(expected.get(key, "<absent>"), got.get(key, "<absent>"), f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for at, (one, other) in enumerate(zip(expected, got)):
            yield from paths(one, other, f"{path}[{at}]")
    elif expected != got:
        yield f"{path}: {json.dumps(expected)} was {json.dumps(got)}"


def show(pair, got, shown):
    one, other = comparable(pair.answer or "", pair.ordered), comparable(got, pair.ordered)
    if one[0] == other[0] and not isinstance(one[1], str):
        for difference in list(paths(one[1], other[1]))[:12]:
            print("  " + difference[:shown])
    else:
        print(f"  expected {(pair.answer or '')[:shown]}\n  but was  {got[:shown]}")


def run(base, path, recording, shown):
    """Sends a file's requests. Answers how many differ."""
    text = path.read_text()
    pairs, tail = parse(text)
    requests.post(base.removesuffix("/engine-rest") + "/test/reset").raise_for_status()
    names, given, wrong = {}, set(TIME.findall(text)), 0
    for pair in pairs:
        response = send(base, pair, names)
        for name, steps in pair.captures:
            try:
                names[name] = str(at(response.json(), steps))
            except (ValueError, KeyError, IndexError, TypeError):
                print(f"{path.name}: {pair.line}\n  no {steps} for ${name} in {response.text[:300]}")
        got = answer(response, pair, base, names, given)
        if recording:
            pair.answer = pair.answer if pair.kept else got
        elif comparable(got, pair.ordered) != comparable(pair.answer or "", pair.ordered):
            wrong += 1
            print(f"{path.name}: {pair.line[:300]}")
            show(pair, got, shown)
    if recording:
        lines = []
        for pair in pairs:
            lines += pair.before + [pair.line] + pair.options + [" -> " + pair.answer]
        path.write_text("\n".join(lines + tail))
    print(f"{path.name}: {len(pairs)} pairs" + ("" if recording else f", {wrong} differ"))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["record", "check"])
    parser.add_argument("--base", required=True)
    parser.add_argument("--shown", type=int, default=600, help="characters of answers to print")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    wrong = sum(run(arguments.base, path, arguments.what == "record", arguments.shown) for path in arguments.files)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
