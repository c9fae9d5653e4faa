package dev.tallyman.simulator;

/**
 * Randomness that can be asked at any point without asking at the points before: the finalizer of
 * SplitMix64 (Steele, Lea, Flood 2014) over what the point is called.
 */
final class Hash {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private Hash() {}

  /** Sixty-four random bits for this pair. */
  static long of(long a, long b) {
    return mix(a + STEP * (b + 1));
  }

  /** Sixty-four random bits for this triple. */
  static long of(long a, long b, long c) {
    return of(of(a, b), c);
  }

  /** Sixty-four random bits for this text. */
  static long of(long a, String text) {
    long hash = mix(a + text.length());
    for (int i = 0; i < text.length(); i++) {
      hash = of(hash, text.charAt(i));
    }
    return hash;
  }

  /** A number from 0 to {@code bound - 1} made of these bits. */
  static int below(long bits, int bound) {
    return (int) (((bits >>> 33) * bound) >>> 31);
  }

  /** A text of letters and digits, as the provider's ids are. */
  static String text(long bits, int length) {
    String digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(digits.charAt(below(of(bits, i), digits.length())));
    }
    return text.toString();
  }

  private static long mix(long bits) {
    long z = bits;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
