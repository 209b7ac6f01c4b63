"""The demo company: an invented French group, written to `config/demo` by `python -m tests.demo_company`.

Standard library only, seeded: the same files, byte for byte, on every run and every Python from 3.11 on. The files are
kept in the repository so that `hub demo` needs no generator; a test holds the two together.

    catalogue   who the sellers and debtors are, written by hand
    sales       what was invoiced
    paying      when each debtor pays, and what each payment pays: the truth
    mishaps     what goes wrong: part payments, double payments, wrong accounts
    texts       how payers quote invoices
    treasury    money that has nothing to do with debtors: suppliers, wages, taxes
    ledgers, cfonb, camt, truth     the files
"""
