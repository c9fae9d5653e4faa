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

  /** How many they are. */
  public int length() {
    return content.length;
  }

  /** A copy of them. */
  public byte[] toArray() {
    return content.clone();
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
