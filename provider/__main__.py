"""What Pulumi starts as a plugin: `python provider ENGINE_ADDRESS`; it prints its port.

`component_provider_host` of Pulumi's SDK does the same, but drops misspelt fields.
"""

import sys
from pathlib import Path

from pulumi.provider import main

if __name__ == "__main__":
    # Python looks for modules in this folder, not in the one above.
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from provider.schema import component_provider

    main(component_provider(), sys.argv[1:])
