using System.Runtime.Intrinsics;

namespace Webphone.Media.Codecs;

/// <summary>
/// One sub-band of ITU-T G.722: the adaptive quantiser's scale and the pole-zero predictor (blocks 3 and 4 of the recommendation,
/// whose names UPPOL, UPZERO, FILTEP, FILTEZ stand beside the steps). Fixed-point, as the recommendation is bit exact.
/// </summary>
internal sealed class G722Band(int firstScale)
{
    /// <summary>The six zeros of the predictor; the last two of eight lanes stay 0.</summary>
    private static readonly Vector256<int> Lanes = Vector256.Create(-1, -1, -1, -1, -1, -1, 0, 0);
    private static readonly Vector256<int> Older = Vector256.Create(0, 0, 1, 2, 3, 4, 5, 6);

    private Vector256<int> _differences;
    private Vector256<int> _zeros;
    private int _reconstructed1;
    private int _reconstructed2;
    private int _partial1;
    private int _partial2;
    private int _pole1;
    private int _pole2;
    private int _zeroEstimate;
    private int _logScale;

    /// <summary>The predictor's estimate of the next sample.</summary>
    public int Estimate { get; private set; }

    /// <summary>The quantiser's current step.</summary>
    public int Scale { get; private set; } = firstScale;

    /// <summary>LOGSCL and SCALEL (or H): the next step from the multiplier of the code that was sent.</summary>
    public void AdaptScale(int multiplier, int logLimit, int shift)
    {
        _logScale = Math.Clamp(((_logScale * 127) >> 7) + multiplier, 0, logLimit);
        var mantissa = G722Tables.InverseLog[(_logScale >> 6) & 31];
        var right = shift - (_logScale >> 11);
        Scale = (right < 0 ? mantissa << -right : mantissa >> right) << 2;
    }

    /// <summary>Block 4: adapts the predictor to the quantised difference and makes the next estimate.</summary>
    public void Predict(int difference)
    {
        var reconstructed = Saturate(Estimate + difference);
        var partial = Saturate(_zeroEstimate + difference);
        AdaptPoles(partial);
        AdaptZeros(difference);

        _reconstructed2 = _reconstructed1;
        _reconstructed1 = reconstructed;
        _partial2 = _partial1;
        _partial1 = partial;

        // FILTEP
        var poles = Saturate(((_pole1 * Saturate(2 * _reconstructed1)) >> 15) + ((_pole2 * Saturate(2 * _reconstructed2)) >> 15));
        Estimate = Saturate(poles + _zeroEstimate);
    }

    private void AdaptPoles(int partial)
    {
        var sign0 = partial >> 15;
        var sign1 = _partial1 >> 15;
        var sign2 = _partial2 >> 15;

        // UPPOL2
        var slope = Saturate(_pole1 << 2);
        var step = Math.Min(sign0 == sign1 ? -slope : slope, short.MaxValue);
        var pole2 = (sign0 == sign2 ? 128 : -128) + (step >> 7) + ((_pole2 * 32512) >> 15);
        _pole2 = Math.Clamp(pole2, -12288, 12288);

        // UPPOL1
        var pole1 = Saturate((sign0 == sign1 ? 192 : -192) + ((_pole1 * 32640) >> 15));
        var limit = Saturate(15360 - _pole2);
        _pole1 = Math.Clamp(pole1, -limit, limit);
    }

    private void AdaptZeros(int difference)
    {
        // UPZERO
        var gain = Vector256.Create(difference == 0 ? 0 : 128) & Lanes;
        var differs = (_differences ^ Vector256.Create(difference)) >> 31;
        var steps = (gain ^ differs) - differs;
        _zeros = Saturate(((_zeros * 32640) >> 15) + steps);

        // The shift of DELAYA, and FILTEZ
        _differences = Vector256.Shuffle(_differences, Older).WithElement(0, difference) & Lanes;
        _zeroEstimate = Saturate(Vector256.Sum((_zeros * Saturate(_differences << 1)) >> 15));
    }

    private static Vector256<int> Saturate(Vector256<int> values) => Vector256.Min(Vector256.Max(values, Vector256.Create((int)short.MinValue)), Vector256.Create((int)short.MaxValue));

    private static int Saturate(int value) => value > short.MaxValue ? short.MaxValue : value < short.MinValue ? short.MinValue : value;
}

/// <summary>The constants of ITU-T G.722 for its 64 kbit/s mode.</summary>
internal static class G722Tables
{
    public const int LowLogLimit = 18432;
    public const int HighLogLimit = 22528;
    public const int LowShift = 8;
    public const int HighShift = 10;

    /// <summary>ILB: the mantissas of 2^(i/32), in 1/2048.</summary>
    public static readonly short[] InverseLog =
    [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ];

    /// <summary>Q6: the decision levels of the low band's quantiser.</summary>
    public static readonly short[] LowDecision =
    [
        0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714,
        786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ];

    /// <summary>WL by RL42: the low band's scale multiplier by the four-bit code.</summary>
    public static readonly short[] LowMultiplier = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

    /// <summary>QM4: the low band's inverse quantiser as the predictor uses it.</summary>
    public static readonly short[] LowInverse4 =
        [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];

    /// <summary>QM6: the low band's inverse quantiser as the listener hears it.</summary>
    public static readonly short[] LowInverse6 =
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    /// <summary>QM2: the high band's inverse quantiser.</summary>
    public static readonly short[] HighInverse = [-7408, -1616, 7408, 1616];

    /// <summary>WH by RH2: the high band's scale multiplier by the two-bit code.</summary>
    public static readonly short[] HighMultiplier = [798, -214, 798, -214];

    /// <summary>Half of the quadrature mirror filter, for the even samples of a window; between them its mirror, for the odd ones.</summary>
    private static readonly int[] Mirror = [3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876, 3876, 951, -805, -210, 362, 32, -156, 12, 53, -11, -11, 3];

    /// <summary>The quadrature mirror filter over 24 samples: the sums of the even and of the odd ones.</summary>
    public static (int Even, int Odd) Filter(ReadOnlySpan<int> window)
    {
        ReadOnlySpan<int> mirror = Mirror;
        var sums = Vector256.Create(window) * Vector256.Create(mirror);
        sums += Vector256.Create(window[8..]) * Vector256.Create(mirror[8..]);
        sums += Vector256.Create(window[16..]) * Vector256.Create(mirror[16..]);
        var halves = sums.GetLower() + sums.GetUpper();
        return (halves[0] + halves[2], halves[1] + halves[3]);
    }
}
