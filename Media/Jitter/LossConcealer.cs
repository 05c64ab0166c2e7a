namespace Webphone.Media.Jitter;

/// <summary>
/// Fills lost frames with the last pitch period of what was heard, fading out over 60 ms, and blends back into real audio (the
/// method of ITU-T G.711 Appendix I in outline). One stream; no allocation after construction.
/// </summary>
public sealed class LossConcealer
{
    private readonly short[] _history;
    private readonly int _rate;
    private readonly int _minPeriod;
    private readonly int _maxPeriod;
    private int _period;
    private int _position;
    private int _concealed;

    public LossConcealer(int sampleRate)
    {
        _rate = sampleRate;
        _minPeriod = sampleRate / 400;
        _maxPeriod = sampleRate * 15 / 1000;
        _history = new short[_maxPeriod * 3];
    }

    /// <summary>Takes a frame that arrived; its start is blended with the filling that went before it.</summary>
    public void Accept(Span<short> frame)
    {
        if (_concealed > 0)
        {
            var blend = Math.Min(frame.Length, _rate / 200);
            for (var i = 0; i < blend; i++)
                frame[i] = (short)((Next() * (blend - i) + frame[i] * i) / blend);
            _concealed = 0;
        }
        Remember(frame);
    }

    /// <summary>Fills a frame that did not arrive.</summary>
    public void Conceal(Span<short> frame)
    {
        if (_concealed == 0)
        {
            _period = FindPeriod();
            _position = 0;
        }
        for (var i = 0; i < frame.Length; i++)
            frame[i] = Next();
    }

    private short Next()
    {
        var at = _history.Length - _period + _position;
        _position = (_position + 1) % _period;
        // Full for 10 ms, then down to nothing at 60 ms.
        var gain = Math.Clamp(1.2f - _concealed * 20f / _rate, 0, 1);
        if (_concealed < _rate)
            _concealed++;
        return (short)(_history[at] * gain);
    }

    private void Remember(ReadOnlySpan<short> frame)
    {
        if (frame.Length >= _history.Length)
        {
            frame[^_history.Length..].CopyTo(_history);
            return;
        }
        _history.AsSpan(frame.Length).CopyTo(_history);
        frame.CopyTo(_history.AsSpan(_history.Length - frame.Length));
    }

    /// <summary>The lag at which the last stretch best resembles the one before it.</summary>
    private int FindPeriod()
    {
        var window = _maxPeriod;
        var end = _history.AsSpan(_history.Length - window);
        var best = _maxPeriod;
        var bestScore = 0.0;
        for (var lag = _minPeriod; lag <= _maxPeriod; lag++)
        {
            var earlier = _history.AsSpan(_history.Length - window - lag, window);
            long product = 0, energy = 1;
            for (var i = 0; i < window; i++)
            {
                product += end[i] * earlier[i];
                energy += earlier[i] * earlier[i];
            }
            var score = product <= 0 ? 0 : (double)product * product / energy;
            if (score > bestScore)
            {
                bestScore = score;
                best = lag;
            }
        }
        return best;
    }
}
