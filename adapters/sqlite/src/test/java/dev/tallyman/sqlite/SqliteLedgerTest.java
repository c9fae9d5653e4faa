package dev.tallyman.sqlite;

import dev.tallyman.core.ledger.LedgerContract;
import dev.tallyman.core.store.StoreSpace;

final class SqliteLedgerTest extends LedgerContract {
  @Override
  protected StoreSpace space() {
    return new SqliteSpace();
  }
}
