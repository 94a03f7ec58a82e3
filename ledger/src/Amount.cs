namespace Argosy.Ledger;

/// <summary>A pair of numbers: bytes and files (or any two things that are counted together).</summary>
/// <param name="Bytes">The first number.</param>
/// <param name="Files">The second number.</param>
public readonly record struct Amount(long Bytes, long Files)
{
    /// <summary>As a limit: none, for either number.</summary>
    public static Amount Unlimited => new(-1, -1);

    /// <summary>True where neither number is below zero.</summary>
    public bool IsNatural => Bytes >= 0 && Files >= 0;

    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static Amount operator +(Amount a, Amount b) => new(checked(a.Bytes + b.Bytes), checked(a.Files + b.Files));

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static Amount operator -(Amount a, Amount b) => new(checked(a.Bytes - b.Bytes), checked(a.Files - b.Files));

    /// <summary>The same with negative numbers raised to zero.</summary>
    internal Amount AtLeastZero() => new(Math.Max(0, Bytes), Math.Max(0, Files));

    /// <summary>The sum where it fits.</summary>
    internal static bool TryAdd(Amount a, Amount b, out Amount sum)
    {
        sum = new Amount(unchecked(a.Bytes + b.Bytes), unchecked(a.Files + b.Files));
        return Fits(a.Bytes, b.Bytes, sum.Bytes) && Fits(a.Files, b.Files, sum.Files);

        // Two's complement: a sum overflowed exactly when both terms have the sign that it lacks.
        static bool Fits(long x, long y, long total) => ((x ^ total) & (y ^ total)) >= 0;
    }
}
