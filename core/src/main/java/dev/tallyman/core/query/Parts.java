package dev.tallyman.core.query;

import java.math.BigDecimal;

/**
 * What a cost is made of; both add up to it.
 *
 * @param billed what the bill says, for the days and projects where it was taken
 * @param estimated usage × price, for those where it was taken
 */
public record Parts(BigDecimal billed, BigDecimal estimated) {}
