package dev.tallyman.core.alert;

import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.StoreSpace;

final class InMemoryAlertsTest extends AlertsContract {
  @Override
  protected StoreSpace space() {
    return InMemoryStore.space();
  }
}
