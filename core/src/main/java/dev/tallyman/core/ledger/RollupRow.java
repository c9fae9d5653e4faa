package dev.tallyman.core.ledger;

import dev.tallyman.core.usage.UsageEndpoint;
import dev.tallyman.core.usage.UsageRow;
import java.math.BigDecimal;

/**
 * What one combination of dimensions of a view used in a day or month of a zone.
 *
 * @param endpoint whose usage it is
 * @param usage the sums over the hours
 * @param estimated usage × price in USD, as far as prices were known when the rollup was computed
 * @param priced whether all of the usage had a price
 * @param prices the version of the prices behind the estimate; {@code mixed} if there were several
 * @param hours how many stored hours the endpoint's part of the rollup was computed from
 * @param within in which hours of the day the combination occurs, bit i for the i-th, so that rows
 *     of hours can be counted without reading them; 0 for months and in views other than {@link
 *     View#MODELS}, where it is not kept
 * @param approximate whether an hour that straddles the zone's midnight was put where it begins,
 *     for want of its minutes
 */
public record RollupRow(
    UsageEndpoint endpoint,
    UsageRow usage,
    BigDecimal estimated,
    boolean priced,
    String prices,
    int hours,
    long within,
    boolean approximate) {}
