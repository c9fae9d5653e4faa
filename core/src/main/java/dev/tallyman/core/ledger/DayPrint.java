package dev.tallyman.core.ledger;

import dev.tallyman.core.store.Blobs;
import dev.tallyman.core.store.Blobs.Blob;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;

/**
 * The fingerprint of what is stored of one UTC day, from its index: while it is the same, so are
 * the day's hours, its bill, and all that was rolled up from them.
 */
public final class DayPrint {
  private static final int HOURS = (int) Duration.ofDays(1).toHours();

  private final Blobs blobs;
  private final Blob index;
  private final long hash;

  private DayPrint(Blobs blobs, Blob index, long hash) {
    this.blobs = blobs;
    this.index = index;
    this.hash = hash;
  }

  static DayPrint of(Blobs blobs, Blob index) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(index.content());
      long hash = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        hash = (hash << Byte.SIZE) | (digest[i] & 0xff);
      }
      return new DayPrint(blobs, index, hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Of the whole day. */
  public long hash() {
    return hash;
  }

  /** Of the usage of each hour of the day and its prices, 0 for hours of which nothing is known. */
  public long[] hours() {
    var hours = new long[HOURS];
    DayIndex day = blobs.decode(index, bytes -> DayIndex.decode(0, Table.decode(bytes)));
    DayIndex.Entry prices = day.get(new DayIndex.Place(DayIndex.PRICES, 0));
    for (Map.Entry<DayIndex.Place, DayIndex.Entry> each : day.entries().entrySet()) {
      if (each.getKey().ofUsage()) {
        int hour = each.getKey().hour();
        hours[hour] = hours[hour] * 31 + each.getKey().of().hashCode();
        hours[hour] = hours[hour] * 31 + each.getValue().hash();
        hours[hour] += prices == null ? 0 : prices.hash();
      }
    }
    return hours;
  }
}
