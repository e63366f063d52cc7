"""Reads templates, a line of JSON each, and writes for each a line: what AWS's serverless transform makes of it, or why it refuses
it."""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")  # it tells the partition

from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

for line in sys.stdin:
    try:
        # The names of AWS's managed policies come with the transform; no account is asked for more.
        translator = Translator(managed_policy_map={}, sam_parser=Parser(), plugins=[])
        print(json.dumps({"template": translator.translate(sam_template=json.loads(line), parameter_values={})}))
    except Exception as failure:  # it refuses a template, or ends in an error of its own: then nothing can be deployed either
        causes = [cause.message for cause in getattr(failure, "causes", [])]
        print(json.dumps({"refused": "; ".join(causes) or repr(failure)}))
