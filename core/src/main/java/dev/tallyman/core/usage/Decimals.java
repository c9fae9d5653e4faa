package dev.tallyman.core.usage;

import java.math.BigDecimal;

/** The provider's decimal numbers, bounded so that adding them stays cheap and exact. */
public final class Decimals {
  private static final int MAX_DIGITS = 60;

  /** Of a sum, whose largest and smallest part may each have as many digits as one number. */
  private static final int MAX_DIGITS_OF_SUM = 2 * MAX_DIGITS + 20;

  private static final int MAX_SCALE = 60;
  private static final int MAX_TEXT = 200;

  private Decimals() {}

  /**
   * The number that this text says. The provider has been seen to send {@code 0E-6176}, which is
   * zero.
   *
   * @throws NumberFormatException if it is none, has more than 60 digits, or a scale beyond 60
   */
  public static BigDecimal parse(String text) {
    if (text.length() > MAX_TEXT) {
      throw new NumberFormatException("a decimal of " + text.length() + " characters");
    }
    BigDecimal number = normal(new BigDecimal(text.strip()));
    int digits = number.stripTrailingZeros().precision();
    if (digits > MAX_DIGITS) {
      throw new NumberFormatException("a decimal of " + digits + " digits");
    }
    return number;
  }

  /**
   * The same number in its shortest form: zero is 0 whatever its exponent, no trailing zeros, never
   * a negative scale.
   *
   * @throws NumberFormatException if it has more digits than a sum of numbers of 60 digits each may
   *     have, or a scale beyond 60 either way
   */
  public static BigDecimal normal(BigDecimal number) {
    if (number.signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal stripped = number.stripTrailingZeros();
    if (stripped.precision() > MAX_DIGITS_OF_SUM || Math.abs(stripped.scale()) > MAX_SCALE) {
      throw new NumberFormatException(
          "a decimal of " + stripped.precision() + " digits and scale " + stripped.scale());
    }
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
