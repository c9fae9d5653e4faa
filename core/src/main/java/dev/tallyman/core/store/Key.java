package dev.tallyman.core.store;

/**
 * Where an item is kept. Both parts are well-formed Unicode.
 *
 * @param partition 1 to 1024 bytes of UTF-8
 * @param sort 1 to 512 bytes of UTF-8; items of a partition are ordered by its bytes
 */
public record Key(String partition, String sort) {
  private static final int MAX_PARTITION_BYTES = 1024;
  private static final int MAX_SORT_BYTES = 512;

  public Key {
    requireFit("partition", partition, MAX_PARTITION_BYTES);
    requireFit("sort key", sort, MAX_SORT_BYTES);
  }

  private static void requireFit(String what, String text, int most) {
    var size = size(what, text);
    if (size == 0) {
      throw new IllegalArgumentException("a key needs a " + what);
    }
    if (size > most) {
      throw new IllegalArgumentException(
          "a " + what + " of " + size + " bytes; at most " + most + " fit");
    }
  }

  private static int size(String what, String text) {
    return text.codePoints().map(codePoint -> size(what, codePoint)).sum();
  }

  private static int size(String what, int codePoint) {
    if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
      throw new IllegalArgumentException("a " + what + " that is not well-formed Unicode");
    }
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
}
