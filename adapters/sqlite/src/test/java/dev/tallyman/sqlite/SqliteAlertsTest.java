package dev.tallyman.sqlite;

import dev.tallyman.core.alert.AlertsContract;
import dev.tallyman.core.store.StoreSpace;

final class SqliteAlertsTest extends AlertsContract {
  @Override
  protected StoreSpace space() {
    return new SqliteSpace();
  }
}
