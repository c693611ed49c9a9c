"""The staff's door. So far it shows the ledger; the clinic's own pages come here."""
