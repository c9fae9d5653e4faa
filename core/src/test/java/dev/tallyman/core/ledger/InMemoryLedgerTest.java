package dev.tallyman.core.ledger;

import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.StoreSpace;

final class InMemoryLedgerTest extends LedgerContract {
  @Override
  protected StoreSpace space() {
    return InMemoryStore.space();
  }
}
