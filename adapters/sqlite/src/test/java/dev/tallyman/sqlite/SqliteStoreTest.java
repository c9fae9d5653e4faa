package dev.tallyman.sqlite;

import dev.tallyman.core.store.StoreContract;
import dev.tallyman.core.store.StoreSpace;

final class SqliteStoreTest extends StoreContract {
  @Override
  protected StoreSpace space() {
    return new SqliteSpace();
  }
}
