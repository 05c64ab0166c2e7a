namespace Webphone.System.Tests.Harness;

/// <summary>Somebody in a call whose tone is known, and what they hear measured.</summary>
public interface IVoice
{
    string Extension { get; }

    /// <summary>What they say.</summary>
    int ToneHertz { get; }

    /// <summary>Waits until they hear mostly this tone: whoever says it, and nobody else.</summary>
    Task HearsAsync(int hertz, TimeSpan? limit = null);

    /// <summary>How much of what they hear now lies at each of these frequencies.</summary>
    Task<double[]> SharesAsync(params int[] hertz);
}
