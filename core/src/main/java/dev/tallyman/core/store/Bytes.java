package dev.tallyman.core.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An immutable run of bytes, compared by content. */
public final class Bytes {
  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** The bytes of this array, which is copied. */
  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  /** The bytes of this array, which is handed over: nobody may change it any more. */
  public static Bytes of(byte[] content) {
    return new Bytes(content);
  }

  /** How many they are. */
  public int length() {
    return content.length;
  }

  /** A copy of them. */
  public byte[] toArray() {
    return content.clone();
  }

  /** The bytes themselves, for who reads them at once and changes nothing. */
  byte[] shared() {
    return content;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return content.length + " bytes";
  }
}
