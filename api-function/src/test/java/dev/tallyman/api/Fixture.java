package dev.tallyman.api;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.InMemoryStore;
import dev.tallyman.core.store.MovableClock;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Routes over a store in memory. */
final class Fixture {
  static final Tokens.Token VIEWER = Tokens.create(Role.VIEWER, new SecureRandom());
  static final Tokens.Token OPERATOR = Tokens.create(Role.OPERATOR, new SecureRandom());
  static final Bytes KEY = Bytes.copyOf(new byte[32]);

  final MovableClock clock = MovableClock.at("2026-11-21T09:30:00Z");
  final InMemoryStore store = new InMemoryStore(clock);
  final AtomicReference<Access> access =
      new AtomicReference<>(
          new Access(Set.of(VIEWER.hash()), Set.of(OPERATOR.hash()), false, false, Set.of(), KEY));
  final List<String> log = new ArrayList<>();
  final Routes routes = new Routes(new Site(store, clock, access::get, log::add));

  Fixture open(Set<String> origins) {
    access.set(new Access(Set.of(), Set.of(), true, false, origins, KEY));
    return this;
  }
}
