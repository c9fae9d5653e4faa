package dev.tallyman.core.poll;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.Condition;
import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import dev.tallyman.core.store.Item;
import dev.tallyman.core.store.Key;
import dev.tallyman.core.store.Store;
import dev.tallyman.core.store.Store.Order;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The organizations that a store holds a ledger of. */
public final class Organizations {
  private static final String PARTITION = "ORGANIZATIONS";

  private final Store store;

  /** The organizations of this store. */
  public Organizations(Store store) {
    this.store = store;
  }

  /** All of them in order of their ids. */
  public List<Organization> all() {
    return store.range(PARTITION, "-", "~", Order.ASCENDING, 1000).stream()
        .map(this::decode)
        .toList();
  }

  /** The one with this id of ours, or empty. */
  public Optional<Organization> find(String id) {
    return store.get(new Key(PARTITION, id)).map(this::decode);
  }

  void put(Organization organization) {
    var document = new TreeMap<String, Object>();
    organization.providerId().ifPresent(id -> document.put("provider", id));
    document.put("simulated", organization.simulated());
    document.put("first", organization.firstRead().getEpochSecond());
    store.put(
        new Item(
            new Key(PARTITION, organization.id()),
            1,
            Optional.empty(),
            Bytes.copyOf(Document.encode(document))),
        new Condition.Always());
  }

  private Organization decode(Item item) {
    return store.decode(item, bytes -> decode(item.key().sort(), Fields.decode(bytes)));
  }

  private static Organization decode(String id, Fields document) {
    return new Organization(
        id,
        document.text("provider"),
        document.flag("simulated"),
        document.instant("first").orElseThrow());
  }
}
