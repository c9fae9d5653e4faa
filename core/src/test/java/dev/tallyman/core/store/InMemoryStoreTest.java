package dev.tallyman.core.store;

final class InMemoryStoreTest extends StoreContract {
  @Override
  protected StoreSpace space() {
    return InMemoryStore.space();
  }
}
