package dev.tallyman.core.store;

import dev.tallyman.core.store.Store.Order;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Content of any size on a store of small items. What does not fit into one item is written as
 * parts in a partition of its own, under names that no other content shares, and becomes current by
 * the one conditional write of its head: a reader sees the old content or the new, never a mixture.
 */
public final class Blobs {
  /** The most bytes of one part: leaves room for keys and attributes below DynamoDB's 400 KB. */
  public static final int PART = 300_000;

  private static final byte INLINE = 0;
  private static final byte PARTED = 1;
  private static final int MAX_PARTS = 1000;

  /** A head may be replaced, and its parts removed, between two reads: so look again. */
  private static final int ATTEMPTS = 5;

  private final Store store;

  /** Contents on this store. */
  public Blobs(Store store) {
    this.store = store;
  }

  /**
   * What is current under a key.
   *
   * @param parted whether it was written in parts
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed over once and never compared.
  public record Blob(Key key, long version, byte[] content, boolean parted) {}

  /** What is current under a key, or empty. */
  public Optional<Blob> get(Key key) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Item> head = store.get(key);
      if (head.isEmpty()) {
        return Optional.empty();
      }
      Optional<Blob> blob = resolve(head.get());
      if (blob.isPresent()) {
        return blob;
      }
    }
    throw store.unreadable(key, new IllegalStateException("parts of it are missing"));
  }

  /**
   * What a content says.
   *
   * @param form what its bytes mean
   * @throws StoreException that names it if they are none of that form
   */
  public <T> T decode(Blob blob, Function<byte[], T> form) {
    try {
      return form.apply(blob.content());
    } catch (RuntimeException e) {
      throw unreadable(blob, e);
    }
  }

  /** What to throw where a content means nothing here. */
  public StoreException unreadable(Blob blob, Exception why) {
    return store.unreadable(blob.key(), why);
  }

  /** What is current under the keys of a partition between two bounds, both inclusive, in order. */
  public List<Blob> range(String partition, String from, String to) {
    var blobs = new ArrayList<Blob>();
    for (Item head : store.range(partition, from, to, Order.ASCENDING, Integer.MAX_VALUE)) {
      resolve(head).or(() -> get(head.key())).ifPresent(blobs::add);
    }
    return blobs;
  }

  /**
   * Makes this content current if the condition holds for what is current now.
   *
   * @param sweep whether what was current is in parts, which are removed afterwards
   */
  public PutResult put(
      Key key,
      long version,
      Optional<Instant> expires,
      byte[] content,
      Condition condition,
      boolean sweep) {
    boolean parted = content.length >= PART;
    byte[] head;
    if (parted) {
      String id = id(version, content);
      int count = (content.length + PART - 1) / PART;
      if (count > MAX_PARTS) {
        throw new IllegalArgumentException("content of " + content.length + " bytes is too large");
      }
      for (int i = 0; i < count; i++) {
        byte[] part =
            Arrays.copyOfRange(content, i * PART, Math.min(content.length, (i + 1) * PART));
        store.put(
            new Item(part(key, id, i), version, expires, Bytes.of(part)), new Condition.Always());
      }
      head = head(id, count);
    } else {
      head = new byte[content.length + 1];
      head[0] = INLINE;
      System.arraycopy(content, 0, head, 1, content.length);
    }
    PutResult result = store.put(new Item(key, version, expires, Bytes.of(head)), condition);
    if (result instanceof PutResult.Stored && (parted || sweep)) {
      sweep(key, version);
    }
    return result;
  }

  /** Removes parts of contents that a newer one has replaced, also those of writers that died. */
  private void sweep(Key key, long version) {
    Condition older = new Condition.Below(version);
    for (Item part : store.range(partition(key), " ", "~", Order.ASCENDING, Integer.MAX_VALUE)) {
      if (part.version() < version) {
        store.delete(part.key(), older);
      }
    }
  }

  private Optional<Blob> resolve(Item head) {
    byte[] bytes = head.bytes().shared();
    if (bytes.length > 0 && bytes[0] == INLINE) {
      return Optional.of(
          new Blob(head.key(), head.version(), Arrays.copyOfRange(bytes, 1, bytes.length), false));
    }
    Pointer pointer = store.decode(head, Pointer::of);
    String id = pointer.id();
    List<Item> parts =
        store.range(partition(head.key()), id + "#", id + "#~", Order.ASCENDING, pointer.count());
    if (parts.size() < pointer.count()) {
      return Optional.empty();
    }
    var content = new ByteArrayOutputStream();
    parts.forEach(part -> content.writeBytes(part.bytes().shared()));
    return Optional.of(new Blob(head.key(), head.version(), content.toByteArray(), true));
  }

  /** What the head of content in parts says. */
  private record Pointer(String id, int count) {
    static Pointer of(byte[] bytes) {
      if (bytes.length == 0 || bytes[0] != PARTED) {
        throw new IllegalArgumentException("content of an unknown form");
      }
      String[] words = new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8).split(" ", 2);
      int count = Integer.parseInt(words[1]);
      if (count < 1 || count > MAX_PARTS) {
        throw new IllegalArgumentException("content in " + count + " parts");
      }
      return new Pointer(words[0], count);
    }
  }

  private static byte[] head(String id, int count) {
    byte[] text = (id + " " + count).getBytes(StandardCharsets.UTF_8);
    var head = new byte[text.length + 1];
    head[0] = PARTED;
    System.arraycopy(text, 0, head, 1, text.length);
    return head;
  }

  private static String id(long version, byte[] content) {
    return String.format(Locale.ROOT, "%019d-%08x", version, Arrays.hashCode(content));
  }

  private static Key part(Key key, String id, int number) {
    return new Key(partition(key), String.format(Locale.ROOT, "%s#%03d", id, number));
  }

  private static String partition(Key key) {
    return key.partition() + "#" + key.sort() + "#parts";
  }
}
