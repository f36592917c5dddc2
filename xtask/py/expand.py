"""Expands template.yaml with the SAM translator, offline: what CloudFormation will really see.

Linting the expansion finds faults that the source hides (a bad Ref inside a generated role, a visibility timeout below
a function's). The expansion is also where the routers of real-process tests come from.

Use: expand.py [--stage dev] [--architecture arm64] [-o FILE]
"""

import argparse
import copy
import json
import logging
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
# The translator asks boto3 for a region to pick the partition; no call is made.
REGION = "eu-central-1"
# Stands for the bucket that `sam deploy` uploads to; infra-cdk puts its own assets there by logical id.
CODE_BUCKET = "code"


def load(text: str) -> dict:
    """Reads a template as SAM does: short forms (!Ref) become their long forms."""
    from samtranslator.yaml_helper import yaml_parse

    return yaml_parse(text)


def expand(template: dict, **parameters: str) -> dict:
    """The template after SAM's transform. Parameters not given keep their defaults."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    # The translator warns that nobody collects its own metrics.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    from samtranslator.translator.transform import transform

    template = copy.deepcopy(template)
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": CODE_BUCKET, "Key": name}
            # Asks for a build that has no place in a deployed stack.
            for key in ("BuildMethod", "BuildProperties"):
                resource.get("Metadata", {}).pop(key, None)
    return transform(template, parameters, {})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--architecture", default="arm64")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    expansion = expand(load(TEMPLATE.read_text()), Stage=args.stage, Architecture=args.architecture)
    text = json.dumps(expansion, indent=1)
    if args.output:
        args.output.parent.mkdir(parents=True, exist_ok=True)
        args.output.write_text(text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
