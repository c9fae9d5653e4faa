/** The provider's Usage, Costs and Admin APIs over java.net.http. */
@NullMarked
package dev.tallyman.openai;

import org.jspecify.annotations.NullMarked;
