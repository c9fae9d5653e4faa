package dev.tallyman.core.ledger;

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

  private final byte[] index;
  private final long hash;

  private DayPrint(byte[] index, long hash) {
    this.index = index;
    this.hash = hash;
  }

  static DayPrint of(byte[] index) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(index);
      long hash = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        hash = (hash << Byte.SIZE) | (digest[i] & 0xff);
      }
      return new DayPrint(index, hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Of the whole day. */
  public long hash() {
    return hash;
  }

  /** Of the usage of each hour of the day, 0 for hours of which nothing is known. */
  public long[] hours() {
    var hours = new long[HOURS];
    for (Map.Entry<DayIndex.Place, DayIndex.Entry> each :
        DayIndex.decode(0, Table.decode(index)).entries().entrySet()) {
      if (!each.getKey().of().equals(DayIndex.COSTS)) {
        int hour = each.getKey().hour();
        hours[hour] = hours[hour] * 31 + each.getKey().of().hashCode();
        hours[hour] = hours[hour] * 31 + each.getValue().hash();
      }
    }
    return hours;
  }
}
