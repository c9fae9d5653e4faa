package dev.tallyman.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tallyman.core.usage.Bucket;
import dev.tallyman.core.usage.CostDay;
import dev.tallyman.core.usage.CostRow;
import dev.tallyman.core.usage.Dimension;
import dev.tallyman.core.usage.Quantity;
import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {
  /**
   * What format 1 was when it was first written. Stored data outlives programs: a change that
   * breaks this needs a new format number, and the old one must stay readable.
   */
  private static final String GOLDEN_STORED =
      "016364e5d0ce2bcd8dcf4b2d6762e6c9cc2b282d892fc9cf4ecd2b666462cdcd4f49cd61e010022900b3e38b520b"
          + "4b538b4b8a1919b90a8af2b352934be2335318381999f82ff233b2a61794e89a323232b281e4e20d1901";

  /**
   * What format 2 was: a column as it is, a deflated one, and one that is stored with the first.
   */
  private static final String GOLDEN_APART =
      "0228030c696e7075745f746f6b656e7301460046056d6f64656c002f460c0d6f75747075745f746f6b656e73"
          + "01460046010f1d2b39475563717f8d019b01a901b701c501d301e101ef01fd018b029902a702b502c302d102"
          + "df02ed02fb0289039703a503b303c103cf03dd03eb03f90387049504a30463644d2f28d1356524120000";

  private static final long GOLDEN_HASH = 2869998925717680567L;

  private static UsageRow golden() {
    return UsageRow.builder()
        .set(Dimension.PROJECT, "proj_1")
        .set(Dimension.MODEL, "gpt-5")
        .set(Quantity.INPUT_TOKENS, 1000)
        .set(Quantity.MODEL_REQUESTS, 0)
        .other("num_new", new BigDecimal("1.5"))
        .build();
  }

  @Test
  void formatOneStaysReadable() {
    Table table = Table.decode(HexFormat.of().parseHex(GOLDEN_STORED));

    assertThat(Tables.toUsage(table)).containsExactly(golden());
  }

  @Test
  void formatOneIsStillWhatIsWritten() {
    Table read = Table.decode(HexFormat.of().parseHex(GOLDEN_STORED));

    assertThat(Tables.ofUsage(List.of(golden())).hash())
        .isEqualTo(read.hash())
        .isEqualTo(GOLDEN_HASH);
  }

  @Test
  void formatTwoStaysReadable() {
    var rows = new ArrayList<UsageRow>();
    for (int i = 0; i < 40; i++) {
      rows.add(
          UsageRow.builder()
              .set(Dimension.MODEL, "gpt-5")
              .set(Quantity.INPUT_TOKENS, i * 7L)
              .set(Quantity.OUTPUT_TOKENS, i * 7L)
              .build());
    }

    Table table = Table.decode(HexFormat.of().parseHex(GOLDEN_APART));

    assertThat(Tables.toUsage(table)).isEqualTo(rows);
    assertThat(table.hash()).isEqualTo(Tables.ofUsage(rows).hash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void columnsStoredApartSayTheSameAndHaveTheSameHash(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<UsageRow> rows = Bucket.merged(Rows.random(random, random.nextInt(1000, 2000)));
    Table written = Tables.ofUsage(rows);

    byte[] stored = written.encodeApart();

    assertThat(stored[0]).as("seed %d, format", seed).isEqualTo((byte) 2);
    Table read = Table.decode(stored);
    assertThat(Tables.toUsage(read)).as("seed %d", seed).isEqualTo(rows);
    assertThat(read.hash()).as("seed %d", seed).isEqualTo(written.hash());
    assertThat(read.encodeApart()).as("seed %d", seed).isEqualTo(stored);
  }

  @Test
  void smallTablesAreNotStoredApart() {
    Table table = Tables.ofUsage(List.of(golden()));

    assertThat(table.encodeApart()).isEqualTo(table.encode());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void usageRowsAreReadAsTheyWereWritten(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<UsageRow> rows = Bucket.merged(Rows.random(random, random.nextInt(1, 300)));

    Table read = Table.decode(Tables.ofUsage(rows).encode());

    assertThat(Tables.toUsage(read)).as("seed %d", seed).isEqualTo(rows);
    assertThat(read.hash()).as("seed %d", seed).isEqualTo(Tables.ofUsage(rows).hash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theHashDoesNotDependOnTheOrderOfTheAnswer(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<UsageRow> rows = Rows.random(random, 100);
    var shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(seed));

    assertThat(Tables.ofUsage(Bucket.merged(shuffled)).hash())
        .as("seed %d", seed)
        .isEqualTo(Tables.ofUsage(Bucket.merged(rows)).hash());
  }

  @Test
  void absentAndZeroAreDifferent() {
    UsageRow absent = UsageRow.builder().set(Dimension.MODEL, "m").build();
    UsageRow zero = absent.toBuilder().set(Quantity.INPUT_TOKENS, 0).build();

    assertThat(Tables.ofUsage(List.of(absent)).hash())
        .isNotEqualTo(Tables.ofUsage(List.of(zero)).hash());
    assertThat(Tables.toUsage(Tables.ofUsage(List.of(zero))).getFirst().get(Quantity.INPUT_TOKENS))
        .hasValue(0);
  }

  @Test
  void extremeCountsSurvive() {
    UsageRow row =
        UsageRow.builder()
            .set(Quantity.INPUT_TOKENS, Long.MAX_VALUE)
            .set(Quantity.OUTPUT_TOKENS, Long.MIN_VALUE + 1)
            .set(Quantity.IMAGES, -1)
            .build();

    assertThat(Tables.toUsage(Table.decode(Tables.ofUsage(List.of(row)).encode())))
        .containsExactly(row);
  }

  @Test
  void costRowsAreReadAsTheyWereWritten() {
    LocalDate day = LocalDate.parse("2026-11-20");
    CostDay costs =
        CostDay.of(
            day,
            List.of(
                cost("proj_1", "gpt-5, input", "0.000004500000000000000000000000000000001"),
                cost("proj_1", null, "-12.5"),
                cost(null, "evals", "0")));

    assertThat(Tables.toCosts(day, Table.decode(Tables.ofCosts(costs.rows()).encode())))
        .isEqualTo(costs);
  }

  @Test
  void damagedBytesAreRefusedAndNothingElseHappens() {
    damage(Tables.ofUsage(Bucket.merged(Rows.random(new Random(1), 50))).encode());
    damage(Tables.ofUsage(Bucket.merged(Rows.random(new Random(1), 1000))).encodeApart());
    assertThatIllegalArgumentException().isThrownBy(() -> Table.decode(new byte[0]));
    assertThatIllegalArgumentException().isThrownBy(() -> Table.decode(new byte[] {9, 1, 2}));
  }

  private static void damage(byte[] stored) {
    var random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = stored.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        Tables.toUsage(Table.decode(damaged));
      } catch (IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  @Test
  void columnsThatClaimToInflateToTooMuchAreRefused() {
    String claim = GOLDEN_APART.replaceFirst("056d6f64656c002f", "056d6f64656c00ffffff7f");

    assertThat(claim).isNotEqualTo(GOLDEN_APART);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Table.decode(HexFormat.of().parseHex(claim)))
        .withMessageContaining("column");
  }

  @Test
  void rollupsAreReadAsTheyWereWritten() {
    List<RollupRow> rows =
        List.of(
            new RollupRow(
                UsageEndpoint.of("completions"),
                golden(),
                new BigDecimal("0.000000000125"),
                false,
                "p1",
                23,
                0b101,
                true),
            new RollupRow(
                UsageEndpoint.of("not-known-yet"),
                golden(),
                BigDecimal.ZERO,
                true,
                "p2",
                1,
                1,
                false));

    assertThat(Tables.toRollup(Table.decode(Tables.ofRollup(rows).encode()))).isEqualTo(rows);
  }

  private static CostRow cost(@Nullable String project, @Nullable String lineItem, String amount) {
    return new CostRow(project, lineItem, null, new BigDecimal(amount), "usd", null, "tokens");
  }
}
