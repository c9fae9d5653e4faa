package dev.tallyman.core.store;

import java.time.InstantSource;

/**
 * Room for the data of one test: empty at first, shared by every store opened in it, gone when
 * closed. Each kind of store brings one, and with it runs every contract that needs a store.
 */
public interface StoreSpace extends AutoCloseable {
  /** A store on this space's data. Stores opened here see each other's writes. */
  Store open(InstantSource clock);

  /** Removes the data. The stores are closed by whoever opened them. */
  @Override
  void close();
}
