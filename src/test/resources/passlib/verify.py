"""Tells of each pair of a hash and a password, a line of JSON, whether they belong together."""
import json
import sys

from passlib.hash import apr_md5_crypt

for line in sys.stdin:
    hashed, password = json.loads(line)
    print(apr_md5_crypt.verify(password, hashed))
