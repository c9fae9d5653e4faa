package dev.tallyman.core.forecast;

/** Numbers from 0 up in two bytes: three digits, down to a thousandth. */
final class Coarse {
  private static final int BITS = 10;
  private static final int ONE = 1 << BITS;
  private static final double MOST_WEIGHT = (double) (1L << 62) / ONE;

  private Coarse() {}

  /** The two bytes of a number; what is below 0 or no number is 0. */
  static short of(double number) {
    long units = Math.round(Math.clamp(Double.isNaN(number) ? 0 : number, 0, MOST_WEIGHT) * ONE);
    if (units < ONE) {
      return (short) units;
    }
    int shift = Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(units);
    if (shift > 0) {
      units += 1L << (shift - 1); // To the nearest.
      shift = Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(units);
    }
    return (short) (((shift + 1) << BITS) | ((units >>> shift) & (ONE - 1)));
  }

  /** The number of two bytes. */
  static double weight(short bytes) {
    int shift = (bytes & 0xFFFF) >>> BITS;
    long units = bytes & (ONE - 1);
    return (double) (shift == 0 ? units : (units | ONE) << (shift - 1)) / ONE;
  }
}
