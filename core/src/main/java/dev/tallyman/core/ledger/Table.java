package dev.tallyman.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tallyman.core.store.Bytes;
import dev.tallyman.core.store.StoreException;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Rows by columns, and their stored form: one byte with the number of the format, then the columns.
 * Each column carries its length, so a reader decodes only what it asks for. Columns are in the
 * order of their names and hold no trace of how they were built: equal rows in equal order have
 * equal uncompressed bytes, and so an equal {@link #hash}, in whatever format they are stored.
 *
 * <p>Uncompressed: the number of rows, the number of columns; for each column its name, its type,
 * its length in bytes; then the columns. Numbers are unsigned LEB128; a text column is a dictionary
 * and an index per row (0 for null); a long column is zigzag plus one per row (0 for absent); a
 * decimal column is a length per row (0 for absent), the scale in zigzag and the unscaled two's
 * complement.
 *
 * <p>Format 1, for small tables, deflates all of this at once. Format 2 deflates each column apart,
 * so that a reader inflates only what it asks for: to what is said of each column it adds where it
 * is stored, counted from behind the last column's description, and in how many bytes, as many as
 * its length where it is stored as it is. Columns with equal bytes are stored once.
 */
public final class Table {
  /** Stands for an absent long. */
  public static final long ABSENT = Long.MIN_VALUE;

  private static final int WHOLE = 1;
  private static final int APART = 2;

  /** From how many uncompressed bytes on columns are stored apart: below, it would cost bytes. */
  private static final int LEAST_APART = 16 << 10;

  /** No byte of what is deflated stands for more than this. */
  private static final long MOST_PER_BYTE = 1032;

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

  /** A column as it is stored: deflated if it is shorter than its length. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Column(int type, int length, byte[] in, int from, int stored) {
    Column {
      if (from < 0 || stored < 0 || stored > in.length - from) {
        throw new IllegalArgumentException("a stored table with a column out of bounds");
      }
      if (stored > length || length > stored * MOST_PER_BYTE) {
        throw new IllegalArgumentException("a stored table with a column of " + length + " bytes");
      }
    }

    Reader reader() {
      return stored == length
          ? new Reader(in, from, from + length)
          : new Reader(inflate(in, from, stored, length), 0, length);
    }

    byte[] bytes() {
      Reader reader = reader();
      return Arrays.copyOfRange(reader.bytes, reader.at, reader.end);
    }
  }

  private final int size;
  private final SortedMap<String, Column> columns;
  private final Function<RuntimeException, RuntimeException> unreadable;

  private Table(
      int size,
      SortedMap<String, Column> columns,
      Function<RuntimeException, RuntimeException> unreadable) {
    this.size = size;
    this.columns = columns;
    this.unreadable = unreadable;
  }

  /**
   * The table that these bytes hold.
   *
   * @throws IllegalArgumentException if they hold none that this version can read
   */
  public static Table decode(byte[] stored) {
    return read(stored, Function.identity());
  }

  /**
   * The same where columns are decoded later.
   *
   * @param unreadable makes what is thrown of what came of reading damaged bytes, now or later
   */
  static Table decode(byte[] stored, Function<RuntimeException, RuntimeException> unreadable) {
    try {
      return read(stored, unreadable);
    } catch (RuntimeException e) {
      throw unreadable.apply(e);
    }
  }

  private static Table read(
      byte[] stored, Function<RuntimeException, RuntimeException> unreadable) {
    int format = stored.length == 0 ? 0 : stored[0];
    return switch (format) {
      case WHOLE -> read(inflate(stored, 1, stored.length - 1, 0), 0, false, unreadable);
      case APART -> read(stored, 1, true, unreadable);
      default -> throw new IllegalArgumentException("a stored table of format " + format);
    };
  }

  private static Table read(
      byte[] bytes,
      int from,
      boolean apart,
      Function<RuntimeException, RuntimeException> unreadable) {
    var in = new Reader(bytes, from, bytes.length);
    int size = in.count();
    int count = in.count();
    if (count > bytes.length) {
      throw new IllegalArgumentException("a stored table that is cut short");
    }
    var names = new String[count];
    var types = new int[count];
    var lengths = new int[count];
    var places = new int[count];
    var stored = new int[count];
    int end = 0;
    for (int i = 0; i < count; i++) {
      names[i] = in.text();
      types[i] = in.count();
      lengths[i] = in.count();
      places[i] = apart ? in.count() : end;
      stored[i] = apart ? in.count() : lengths[i];
      if (lengths[i] < size) {
        throw new IllegalArgumentException("a stored table with fewer values than rows");
      }
      end = Math.max(end, places[i] + stored[i]);
    }
    if (end != bytes.length - in.at) {
      throw new IllegalArgumentException("a stored table of the wrong length");
    }
    var columns = new TreeMap<String, Column>();
    for (int i = 0; i < count; i++) {
      columns.put(names[i], new Column(types[i], lengths[i], bytes, in.at + places[i], stored[i]));
    }
    return new Table(size, columns, unreadable);
  }

  /**
   * What these bytes inflate to, and more behind it if its length is known.
   *
   * @param length how long it is; 0 if that is not known
   */
  private static byte[] inflate(byte[] stored, int from, int count, int length) {
    var inflater = new Inflater(true);
    try {
      inflater.setInput(stored, from, count);
      // One byte more than is known: without room it would not say that it is finished.
      byte[] plain = new byte[length > 0 ? length + 1 : Math.max(256, count * 4)];
      int done = 0;
      while (!inflater.finished()) {
        if (done == plain.length) {
          if (length > 0 || done >= MAX_INFLATED) {
            throw new IllegalArgumentException("a stored table that is too large");
          }
          plain = Arrays.copyOf(plain, done * 2);
        }
        int more = inflater.inflate(plain, done, plain.length - done);
        if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          throw new IllegalArgumentException("a stored table that is cut short");
        }
        done += more;
      }
      if (length == 0) {
        return Arrays.copyOf(plain, done);
      }
      if (done != length) {
        throw new IllegalArgumentException("a stored table of the wrong length");
      }
      return plain;
    } catch (DataFormatException e) {
      throw new IllegalArgumentException("a stored table that is damaged", e);
    } finally {
      inflater.end();
    }
  }

  /** The stored form that takes the fewest bytes, for what is read whole. */
  byte[] encode() {
    var out = new Writer();
    out.number(WHOLE);
    var deflater = new Deflater(LEVEL, true);
    try {
      out.bytes(deflate(deflater, plain()));
    } finally {
      deflater.end();
    }
    return out.toBytes();
  }

  /** The stored form of which a part is read the fastest, for what answers questions. */
  public byte[] encodeApart() {
    int length = 0;
    for (Column column : columns.values()) {
      length += column.length;
    }
    if (length < LEAST_APART) {
      return encode();
    }
    record Place(int from, int stored) {}
    var places = new HashMap<Bytes, Place>();
    var data = new Writer();
    var out = new Writer();
    out.number(APART);
    out.number(size);
    out.number(columns.size());
    var deflater = new Deflater(LEVEL, true);
    try {
      columns.forEach((name, column) -> {
        byte[] plain = column.bytes();
        Place place =
            places.computeIfAbsent(
                Bytes.copyOf(plain),
                _ -> {
                  byte[] deflated = deflate(deflater, plain);
                  byte[] kept = deflated.length < plain.length / 3 * 2 ? deflated : plain;
                  int from = data.length;
                  data.bytes(kept);
                  return new Place(from, kept.length);
                });
        out.text(name);
        out.number(column.type);
        out.number(plain.length);
        out.number(place.from);
        out.number(place.stored);
      });
    } finally {
      deflater.end();
    }
    out.bytes(data.toBytes());
    return out.toBytes();
  }

  private static byte[] deflate(Deflater deflater, byte[] plain) {
    deflater.reset();
    deflater.setInput(plain);
    deflater.finish();
    var out = new ByteArrayOutputStream(64 + plain.length / 3);
    var chunk = new byte[8192];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    return out.toByteArray();
  }

  /** The uncompressed bytes. */
  private byte[] plain() {
    var out = new Writer();
    out.number(size);
    out.number(columns.size());
    columns.forEach((name, column) -> {
      out.text(name);
      out.number(column.type);
      out.number(column.length);
    });
    columns.values().forEach(column -> out.bytes(column.bytes()));
    return out.toBytes();
  }

  /** The first 64 bits of the SHA-256 of the uncompressed rows; never {@link #ABSENT}. */
  long hash() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(plain());
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
  public int size() {
    return size;
  }

  /** The names of all columns, in order. */
  Iterable<String> names() {
    return columns.keySet();
  }

  /** Whether there is a column of this name. */
  public boolean has(String column) {
    return columns.containsKey(column);
  }

  /** What is made of the columns. */
  <T> T read(Supplier<T> part) {
    try {
      return part.get();
    } catch (StoreException e) {
      throw e;
    } catch (RuntimeException e) {
      throw unreadable.apply(e);
    }
  }

  /** A text per row; all null where the column is missing. */
  public @Nullable String[] texts(String column) {
    return read(() -> decodeTexts(column));
  }

  private @Nullable String[] decodeTexts(String column) {
    var texts = new @Nullable String[size];
    Reader in = reader(column, TEXT);
    if (in == null) {
      return texts;
    }
    @Nullable String[] dictionary = in.dictionary();
    for (int i = 0; i < size; i++) {
      texts[i] = dictionary[in.count()];
    }
    return texts;
  }

  /** A text per row by a dictionary; all null where the column is missing. */
  Codes codes(String column) {
    return read(() -> decodeCodes(column));
  }

  private Codes decodeCodes(String column) {
    Reader in = reader(column, TEXT);
    if (in == null) {
      return Codes.constant(null, size);
    }
    @Nullable String[] dictionary = in.dictionary();
    var rows = new int[size];
    for (int i = 0; i < size; i++) {
      rows[i] = Objects.checkIndex(in.count(), dictionary.length);
    }
    return new Codes(dictionary, rows);
  }

  /** A decimal per row in units of {@code 10^-scale}; all absent where the column is missing. */
  Amounts amounts(String column, int scale) {
    return read(() -> decodeAmounts(column, scale));
  }

  private Amounts decodeAmounts(String column, int scale) {
    var units = new long[size];
    Reader in = reader(column, DECIMAL);
    if (in == null) {
      Arrays.fill(units, ABSENT);
      return new Amounts(units, null);
    }
    @Nullable BigDecimal[] exact = null;
    for (int i = 0; i < size; i++) {
      int length = in.count();
      if (length == 0) {
        units[i] = ABSENT;
        continue;
      }
      int ofRow = in.scale();
      int at = in.skip(length);
      units[i] =
          length > Long.BYTES
              ? ABSENT
              : shifted(bigEndian(in.bytes, at, length), (long) scale - ofRow);
      if (units[i] == ABSENT) {
        if (exact == null) {
          exact = new @Nullable BigDecimal[size];
        }
        exact[i] = new BigDecimal(new BigInteger(in.bytes, at, length), ofRow);
      }
    }
    return new Amounts(units, exact);
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
  public long[] longs(String column) {
    return read(() -> decodeLongs(column));
  }

  private long[] decodeLongs(String column) {
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
  public @Nullable BigDecimal[] decimals(String column) {
    return read(() -> decodeDecimals(column));
  }

  private @Nullable BigDecimal[] decodeDecimals(String column) {
    var decimals = new @Nullable BigDecimal[size];
    Reader in = reader(column, DECIMAL);
    if (in == null) {
      return decimals;
    }
    for (int i = 0; i < size; i++) {
      int length = in.count();
      if (length > 0) {
        int scale = in.scale();
        decimals[i] = new BigDecimal(new BigInteger(in.bytes, in.skip(length), length), scale);
      }
    }
    return decimals;
  }

  private @Nullable Reader reader(String name, int type) {
    Column column = columns.get(name);
    if (column == null) {
      return null;
    }
    if (column.type != type) {
      throw new IllegalArgumentException("column " + name + " is of another type");
    }
    return column.reader();
  }

  private static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  private static long unzigzag(long coded) {
    return (coded >>> 1) ^ -(coded & 1);
  }

  /** Collects columns; a column without a single value is left out. */
  public static final class Builder {
    private final int size;
    private final SortedMap<String, Column> columns = new TreeMap<>();

    /** Of as many rows. */
    public Builder(int size) {
      this.size = size;
    }

    /** A column of texts, null for none. */
    public Builder texts(String column, @Nullable String[] texts) {
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

    /** A column of numbers, {@link #ABSENT} for none. */
    public Builder longs(String column, long[] longs) {
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

    /** A column of decimals, null for none. */
    public Builder decimals(String column, @Nullable BigDecimal[] decimals) {
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
      byte[] bytes = out.toBytes();
      columns.put(column, new Column(type, bytes.length, bytes, 0, bytes.length));
    }

    /** The table of these columns. */
    public Table build() {
      return new Table(size, columns, Function.identity());
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

    int scale() {
      long scale = unzigzag(number());
      if (scale != (int) scale) {
        throw new IllegalArgumentException("a stored table with a scale of " + scale);
      }
      return (int) scale;
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

    /** The texts of a column by their indexes; null at 0. */
    @Nullable String[] dictionary() {
      int count = count();
      if (count > end - at) {
        throw new IllegalArgumentException("a stored table that is cut short");
      }
      var texts = new @Nullable String[count + 1];
      for (int i = 1; i < texts.length; i++) {
        texts[i] = text();
      }
      return texts;
    }
  }
}
