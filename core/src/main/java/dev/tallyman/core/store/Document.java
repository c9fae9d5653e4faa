package dev.tallyman.core.store;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Documents as bytes: null, booleans, integers, decimals, texts, lists, and maps from text, nested.
 * Equal documents have equal bytes, whatever the order of a map; nothing is lost.
 *
 * <p>The form: the number 1, then one value. A value begins with a tag: 0 null, 1 false, 2 true, 3
 * a long (zigzag varint), 4 a decimal (zigzag varint scale, length, two's complement), 5 a text, 6
 * a list (count, values), 7 a map (count, then key and value by the key's order), 16 + n the long
 * n. A text is twice its length in UTF-8 and its bytes, or, if it occurred before, twice its number
 * plus one.
 */
public final class Document {
  /** How many bytes an encoded document may have. */
  public static final int MAX_BYTES = 1 << 22;

  /** How deep lists and maps may be nested. */
  public static final int MAX_DEPTH = 32;

  private static final int FORMAT = 1;
  private static final int NULL = 0;
  private static final int FALSE = 1;
  private static final int TRUE = 2;
  private static final int LONG = 3;
  private static final int DECIMAL = 4;
  private static final int TEXT = 5;
  private static final int LIST = 6;
  private static final int MAP = 7;
  private static final int SMALL = 16;
  private static final int MAX_SMALL = 255 - SMALL;
  private static final int MAX_SCALE = 1000;
  private static final int MAX_DECIMAL_BYTES = 200;

  private Document() {}

  /**
   * The bytes of a document.
   *
   * @param document null, a {@link Boolean}, {@link Long}, {@link Integer} (kept as a long), {@link
   *     BigDecimal}, {@link String}, or a {@link Collection} or {@link Map} of them
   * @throws IllegalArgumentException if something else is in it, or it is too deep or too large
   */
  public static byte[] encode(@Nullable Object document) {
    var writer = new Writer();
    writer.out.write(FORMAT);
    writer.value(document, 0);
    if (writer.out.size() > MAX_BYTES) {
      throw new IllegalArgumentException("a document of " + writer.out.size() + " bytes");
    }
    return writer.out.toByteArray();
  }

  /**
   * The document of these bytes: null, {@link Boolean}, {@link Long}, {@link BigDecimal}, {@link
   * String}, unmodifiable {@link List} or unmodifiable {@link Map} in the order of its keys.
   *
   * @throws IllegalArgumentException if the bytes are none that {@link #encode} wrote
   */
  public static @Nullable Object decode(byte[] bytes) {
    var reader = new Reader(bytes);
    if (bytes.length > MAX_BYTES || reader.next() != FORMAT) {
      throw reader.malformed();
    }
    Object document = reader.value(0);
    if (reader.at != bytes.length) {
      throw reader.malformed();
    }
    return document;
  }

  private static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, Integer> texts = new HashMap<>();

    void value(@Nullable Object value, int depth) {
      if (depth > MAX_DEPTH) {
        throw new IllegalArgumentException("a document nested deeper than " + MAX_DEPTH);
      }
      switch (value) {
        case null -> out.write(NULL);
        case Boolean truth -> out.write(truth ? TRUE : FALSE);
        case Long number -> number(number);
        case Integer number -> number(number);
        case BigDecimal number -> decimal(number);
        case String text -> {
          out.write(TEXT);
          text(text);
        }
        case Collection<?> list -> {
          out.write(LIST);
          varint(list.size());
          list.forEach(element -> value(element, depth + 1));
        }
        case Map<?, ?> map -> map(map, depth);
        default ->
            throw new IllegalArgumentException("not part of a document: " + value.getClass());
      }
    }

    private void map(Map<?, ?> map, int depth) {
      var sorted = new TreeMap<String, @Nullable Object>();
      map.forEach((key, value) -> {
        if (!(key instanceof String name)) {
          throw new IllegalArgumentException("the key of a map is not a text: " + key);
        }
        sorted.put(name, value);
      });
      out.write(MAP);
      varint(sorted.size());
      sorted.forEach((key, value) -> {
        text(key);
        value(value, depth + 1);
      });
    }

    private void number(long number) {
      if (number >= 0 && number <= MAX_SMALL) {
        out.write(SMALL + (int) number);
      } else {
        out.write(LONG);
        varint(zigzag(number));
      }
    }

    private void decimal(BigDecimal number) {
      byte[] unscaled = number.unscaledValue().toByteArray();
      if (unscaled.length > MAX_DECIMAL_BYTES || Math.abs((long) number.scale()) > MAX_SCALE) {
        throw new IllegalArgumentException("a decimal of scale " + number.scale());
      }
      out.write(DECIMAL);
      varint(zigzag(number.scale()));
      varint(unscaled.length);
      out.writeBytes(unscaled);
    }

    private void text(String text) {
      Integer earlier = texts.putIfAbsent(text, texts.size());
      if (earlier != null) {
        varint(2L * earlier + 1);
        return;
      }
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      varint(2L * bytes.length);
      out.writeBytes(bytes);
    }

    private void varint(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        out.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      out.write((int) rest);
    }

    private static long zigzag(long value) {
      return (value << 1) ^ (value >> 63);
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private final List<String> texts = new ArrayList<>();
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    @Nullable Object value(int depth) {
      if (depth > MAX_DEPTH) {
        throw malformed();
      }
      int tag = next();
      return switch (tag) {
        case NULL -> null;
        case FALSE -> false;
        case TRUE -> true;
        case LONG -> unzigzag(varint());
        case DECIMAL -> decimal();
        case TEXT -> text();
        case LIST -> list(depth);
        case MAP -> map(depth);
        default -> {
          if (tag < SMALL) {
            throw malformed();
          }
          yield (long) (tag - SMALL);
        }
      };
    }

    private List<@Nullable Object> list(int depth) {
      int count = count();
      var list = new ArrayList<@Nullable Object>(count);
      for (int i = 0; i < count; i++) {
        list.add(value(depth + 1));
      }
      return Collections.unmodifiableList(list);
    }

    private Map<String, @Nullable Object> map(int depth) {
      int count = count();
      var map = new LinkedHashMap<String, @Nullable Object>();
      String last = null;
      for (int i = 0; i < count; i++) {
        String key = text();
        if (last != null && last.compareTo(key) >= 0) {
          throw malformed();
        }
        last = key;
        map.put(key, value(depth + 1));
      }
      return Collections.unmodifiableMap(map);
    }

    private BigDecimal decimal() {
      long scale = unzigzag(varint());
      int length = count();
      if (Math.abs(scale) > MAX_SCALE || length == 0 || length > MAX_DECIMAL_BYTES) {
        throw malformed();
      }
      var unscaled = new BigInteger(bytes, at, length);
      at += length;
      return new BigDecimal(unscaled, (int) scale);
    }

    private String text() {
      long head = varint();
      long number = head >>> 1;
      if ((head & 1) == 1) {
        if (number >= texts.size()) {
          throw malformed();
        }
        return texts.get((int) number);
      }
      if (number > bytes.length - at) {
        throw malformed();
      }
      String text = new String(bytes, at, (int) number, StandardCharsets.UTF_8);
      at += (int) number;
      texts.add(text);
      return text;
    }

    /** A count of things of which each takes at least a byte. */
    private int count() {
      long count = varint();
      if (count < 0 || count > bytes.length - at) {
        throw malformed();
      }
      return (int) count;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = next();
        value |= (long) (next & 0x7F) << shift;
        if (next < 0x80) {
          return value;
        }
      }
      throw malformed();
    }

    private int next() {
      if (at >= bytes.length) {
        throw malformed();
      }
      return Byte.toUnsignedInt(bytes[at++]);
    }

    private IllegalArgumentException malformed() {
      return new IllegalArgumentException("not a document: byte " + at + " of " + bytes.length);
    }

    private static long unzigzag(long value) {
      return (value >>> 1) ^ -(value & 1);
    }
  }
}
