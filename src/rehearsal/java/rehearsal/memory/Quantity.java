package rehearsal.memory;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Amounts of storage as Kubernetes writes them. */
final class Quantity {

    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);

    private Quantity() {
    }

    /** Whole GiB, as Google counts; 0 for an empty text. */
    static long gib(String quantity) {
        return quantity.isEmpty() ? 0
                : io.fabric8.kubernetes.api.model.Quantity.parse(quantity).getNumericalAmount()
                        .divide(GIB, 0, RoundingMode.CEILING).longValueExact();
    }
}
