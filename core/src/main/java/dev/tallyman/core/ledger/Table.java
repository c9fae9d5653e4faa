package dev.tallyman.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Rows by columns, and their stored form: one byte with the number of the format, then the deflated
 * columns. Each column carries its length, so a reader decodes only what it asks for. Columns are
 * in the order of their names and hold no trace of how they were built: equal rows in equal order
 * have equal uncompressed bytes, and so an equal {@link #hash}.
 *
 * <p>Format 1, uncompressed: the number of rows, the number of columns; for each column its name,
 * its type, its length in bytes; then the columns. Numbers are unsigned LEB128; a text column is a
 * dictionary and an index per row (0 for null); a long column is zigzag plus one per row (0 for
 * absent); a decimal column is a length per row (0 for absent), the scale in zigzag and the
 * unscaled two's complement.
 */
final class Table {
  /** Stands for an absent long. */
  static final long ABSENT = Long.MIN_VALUE;

  private static final int FORMAT = 1;
  private static final int TEXT = 0;
  private static final int LONG = 1;
  private static final int DECIMAL = 2;

  /** A bound on what a stored table may inflate to, so that damaged bytes cannot exhaust memory. */
  private static final int MAX_INFLATED = 256 << 20;

  /**
   * Higher levels save some percent of the bytes for several times the processor time; what is
   * stored here is written far more often than it is moved.
   */
  private static final int LEVEL = 3;

  private static final long[] POWERS_OF_TEN = new long[19];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = POWERS_OF_TEN[i - 1] * 10;
    }
  }

  private record Column(int type, int from, int to) {}

  private final byte[] plain;
  private final int size;
  private final Map<String, Column> columns;

  private Table(byte[] plain) {
    this.plain = plain;
    var in = new Reader(plain, 0, plain.length);
    size = in.count();
    int count = in.count();
    columns = HashMap.newHashMap(count);
    var names = new String[count];
    var types = new int[count];
    var lengths = new int[count];
    for (int i = 0; i < count; i++) {
      names[i] = in.text();
      types[i] = in.count();
      lengths[i] = in.count();
    }
    int at = in.at;
    for (int i = 0; i < count; i++) {
      columns.put(names[i], new Column(types[i], at, at + lengths[i]));
      at += lengths[i];
    }
    if (at != plain.length) {
      throw new IllegalArgumentException("a stored table of the wrong length");
    }
  }

  /**
   * The table that these bytes hold.
   *
   * @throws IllegalArgumentException if they hold none that this version can read
   */
  static Table decode(byte[] stored) {
    if (stored.length == 0 || stored[0] != FORMAT) {
      throw new IllegalArgumentException(
          "a stored table of format " + (stored.length == 0 ? "none" : stored[0]));
    }
    var inflater = new Inflater(true);
    try {
      inflater.setInput(stored, 1, stored.length - 1);
      byte[] plain = new byte[Math.max(256, stored.length * 4)];
      int length = 0;
      while (!inflater.finished()) {
        if (length == plain.length) {
          if (length >= MAX_INFLATED) {
            throw new IllegalArgumentException("a stored table that is too large");
          }
          plain = Arrays.copyOf(plain, length * 2);
        }
        int more = inflater.inflate(plain, length, plain.length - length);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new IllegalArgumentException("a stored table that is cut short");
        }
        length += more;
      }
      return new Table(Arrays.copyOf(plain, length));
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("a stored table that is damaged", e);
    } finally {
      inflater.end();
    }
  }

  /** The stored form. */
  byte[] encode() {
    var deflater = new Deflater(LEVEL, true);
    try {
      deflater.setInput(plain);
      deflater.finish();
      var out = new ByteArrayOutputStream(64 + plain.length / 3);
      out.write(FORMAT);
      var chunk = new byte[8192];
      while (!deflater.finished()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** The first 64 bits of the SHA-256 of the uncompressed rows; never {@link #ABSENT}. */
  long hash() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain);
      long hash = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        hash = (hash << Byte.SIZE) | (digest[i] & 0xff);
      }
      return hash == ABSENT ? 0 : hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The number of rows. */
  int size() {
    return size;
  }

  /** The names of all columns, in no particular order. */
  Iterable<String> names() {
    return columns.keySet();
  }

  /** Whether there is a column of this name. */
  boolean has(String column) {
    return columns.containsKey(column);
  }

  /** A text per row; all null where the column is missing. */
  @Nullable String[] texts(String column) {
    var texts = new @Nullable String[size];
    Reader in = reader(column, TEXT);
    if (in == null) {
      return texts;
    }
    var dictionary = new @Nullable String[in.count() + 1];
    for (int i = 1; i < dictionary.length; i++) {
      dictionary[i] = in.text();
    }
    for (int i = 0; i < size; i++) {
      texts[i] = dictionary[in.count()];
    }
    return texts;
  }

  /** A text per row by a dictionary; all null where the column is missing. */
  Codes codes(String column) {
    Reader in = reader(column, TEXT);
    if (in == null) {
      return Codes.constant(null, size);
    }
    var dictionary = new @Nullable String[in.count() + 1];
    for (int i = 1; i < dictionary.length; i++) {
      dictionary[i] = in.text();
    }
    var rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = in.count();
    }
    return new Codes(dictionary, rows);
  }

  /**
   * A decimal per row in units of {@code 10^-scale}; {@link #ABSENT} where it is absent or no long
   * can say it exactly.
   */
  long[] scaled(String column, int scale) {
    var scaled = new long[size];
    Reader in = reader(column, DECIMAL);
    if (in == null) {
      Arrays.fill(scaled, ABSENT);
      return scaled;
    }
    for (int i = 0; i < size; i++) {
      int length = in.count();
      if (length == 0) {
        scaled[i] = ABSENT;
        continue;
      }
      long shift = scale - unzigzag(in.number());
      int at = in.skip(length);
      scaled[i] = length > Long.BYTES ? ABSENT : shifted(bigEndian(plain, at, length), shift);
    }
    return scaled;
  }

  private static long bigEndian(byte[] bytes, int from, int length) {
    long value = bytes[from];
    for (int i = 1; i < length; i++) {
      value = (value << Byte.SIZE) | (bytes[from + i] & 0xff);
    }
    return value;
  }

  private static long shifted(long unscaled, long shift) {
    if (unscaled == 0) {
      return 0;
    }
    if (shift < 0 || shift >= POWERS_OF_TEN.length) {
      return ABSENT;
    }
    long power = POWERS_OF_TEN[(int) shift];
    long product = unscaled * power;
    return Math.multiplyHigh(unscaled, power) == product >> (Long.SIZE - 1) ? product : ABSENT;
  }

  /** A number per row; all {@link #ABSENT} where the column is missing. */
  long[] longs(String column) {
    var longs = new long[size];
    Reader in = reader(column, LONG);
    if (in == null) {
      Arrays.fill(longs, ABSENT);
      return longs;
    }
    for (int i = 0; i < size; i++) {
      long coded = in.number();
      longs[i] = coded == 0 ? ABSENT : unzigzag(coded - 1);
    }
    return longs;
  }

  /** A decimal per row; all null where the column is missing. */
  @Nullable BigDecimal[] decimals(String column) {
    var decimals = new @Nullable BigDecimal[size];
    Reader in = reader(column, DECIMAL);
    if (in == null) {
      return decimals;
    }
    for (int i = 0; i < size; i++) {
      int length = in.count();
      if (length > 0) {
        int scale = Math.toIntExact(unzigzag(in.number()));
        decimals[i] = new BigDecimal(new BigInteger(plain, in.skip(length), length), scale);
      }
    }
    return decimals;
  }

  /** Whether the column of this name holds decimals. */
  boolean isDecimal(String name) {
    Column column = columns.get(name);
    return column != null && column.type == DECIMAL;
  }

  private @Nullable Reader reader(String name, int type) {
    Column column = columns.get(name);
    if (column == null) {
      return null;
    }
    if (column.type != type) {
      throw new IllegalArgumentException("column " + name + " is of another type");
    }
    return new Reader(plain, column.from, column.to);
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long coded) {
    return (coded >>> 1) ^ -(coded & 1);
  }

  /** Collects columns; a column without a single value is left out. */
  static final class Builder {
    private final int size;
    private final Map<String, byte[]> data = new TreeMap<>();
    private final Map<String, Integer> types = new HashMap<>();

    Builder(int size) {
      this.size = size;
    }

    Builder texts(String column, @Nullable String[] texts) {
      var dictionary = new HashMap<String, Integer>();
      var entries = new Writer();
      var indexes = new Writer();
      for (int i = 0; i < size; i++) {
        String text = texts[i];
        if (text == null) {
          indexes.number(0);
          continue;
        }
        Integer known = dictionary.get(text);
        if (known == null) {
          known = dictionary.size() + 1;
          dictionary.put(text, known);
          entries.text(text);
        }
        indexes.number(known);
      }
      if (!dictionary.isEmpty()) {
        var all = new Writer();
        all.number(dictionary.size());
        all.bytes(entries.toBytes());
        all.bytes(indexes.toBytes());
        add(column, TEXT, all);
      }
      return this;
    }

    Builder longs(String column, long[] longs) {
      var out = new Writer();
      boolean any = false;
      for (int i = 0; i < size; i++) {
        any |= longs[i] != ABSENT;
        out.number(longs[i] == ABSENT ? 0 : zigzag(longs[i]) + 1);
      }
      if (any) {
        add(column, LONG, out);
      }
      return this;
    }

    Builder decimals(String column, @Nullable BigDecimal[] decimals) {
      var out = new Writer();
      boolean any = false;
      for (int i = 0; i < size; i++) {
        BigDecimal decimal = decimals[i];
        if (decimal == null) {
          out.number(0);
          continue;
        }
        any = true;
        byte[] unscaled = decimal.unscaledValue().toByteArray();
        out.number(unscaled.length);
        out.number(zigzag(decimal.scale()));
        out.bytes(unscaled);
      }
      if (any) {
        add(column, DECIMAL, out);
      }
      return this;
    }

    private void add(String column, int type, Writer out) {
      data.put(column, out.toBytes());
      types.put(column, type);
    }

    Table build() {
      var out = new Writer();
      out.number(size);
      out.number(data.size());
      data.forEach((name, bytes) -> {
        out.text(name);
        out.number(types.getOrDefault(name, TEXT));
        out.number(bytes.length);
      });
      data.values().forEach(out::bytes);
      return new Table(out.toBytes());
    }
  }

  private static final class Writer {
    private byte[] buffer = new byte[256];
    private int length;

    void number(long value) {
      room(10);
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        buffer[length++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      buffer[length++] = (byte) rest;
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(UTF_8);
      number(utf8.length);
      bytes(utf8);
    }

    void bytes(byte[] bytes) {
      room(bytes.length);
      System.arraycopy(bytes, 0, buffer, length, bytes.length);
      length += bytes.length;
    }

    private void room(int more) {
      if (length + more > buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + more));
      }
    }

    byte[] toBytes() {
      return Arrays.copyOf(buffer, length);
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private final int end;
    private int at;

    Reader(byte[] bytes, int at, int end) {
      if (at < 0 || end < at || end > bytes.length) {
        throw new IllegalArgumentException("a stored table with a column out of bounds");
      }
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    long number() {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        if (at >= end) {
          throw new IllegalArgumentException("a stored table that is cut short");
        }
        byte next = bytes[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException("a stored table with a number that is too long");
    }

    int count() {
      long value = number();
      if (value < 0 || value > MAX_INFLATED) {
        throw new IllegalArgumentException("a stored table with a count of " + value);
      }
      return (int) value;
    }

    int skip(int length) {
      int from = at;
      if (length > end - from) {
        throw new IllegalArgumentException("a stored table that is cut short");
      }
      at += length;
      return from;
    }

    String text() {
      int length = count();
      return new String(bytes, skip(length), length, UTF_8);
    }
  }
}
