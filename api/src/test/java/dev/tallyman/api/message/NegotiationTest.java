package dev.tallyman.api.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class NegotiationTest {
  @Test
  void theMostSpecificRangeDecides() {
    String header = "text/*;q=0.3, text/csv;q=0.7, */*;q=0.1";

    assertThat(Negotiation.quality(header, "text/csv")).isEqualTo(700);
    assertThat(Negotiation.quality(header, "text/plain")).isEqualTo(300);
    assertThat(Negotiation.quality(header, "application/json")).isEqualTo(100);
  }

  @Test
  void whatIsNotListedIsNotWantedNorIsWhatIsMalformed() {
    assertThat(Negotiation.quality("text/csv", "application/json")).isZero();
    assertThat(Negotiation.quality("gzip;q=x", "gzip")).isZero();
    assertThat(Negotiation.quality("GZIP; q=1.000", "gzip")).isEqualTo(1000);
  }
}
