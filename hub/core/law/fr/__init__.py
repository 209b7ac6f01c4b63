"""French law on what businesses owe each other: terms, rates, late penalties, limitation.

Each rule names its article and the day it starts; UNCONFIRMED marks what was not verified, "reading" an
interpretation. Sources: docs of the domain, law-and-finance.md §1. Not legal advice.

Import the module that holds the rule: `terms` (caps on delays), `rates` (dated rates), `penalties` (late
penalties, fixed indemnity), `statement` (a claim after part payments and credit notes), `limitation`.
Nothing is re-exported here, so that asking for a due date does not load the rates.
"""
