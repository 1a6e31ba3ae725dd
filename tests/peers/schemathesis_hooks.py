"""What Schemathesis must be told of this gateway: how a body of lines is sent."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """The document describes lines as one text."""
    return str(value).encode("utf-8", errors="replace")
