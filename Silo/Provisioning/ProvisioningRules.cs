using System.Text.RegularExpressions;

namespace Webphone.Silo.Provisioning;

/// <summary>What the values of a provisioning file must look like. The published schema has the same patterns and bounds.</summary>
internal static partial class ProvisioningRules
{
    public const int DefaultRingSeconds = 30;
    public const int LongestRingSeconds = 600;
    public const int LeastSignOutMinutes = 5;
    public const int MostSignOutMinutes = 14 * 24 * 60;
    public const int LeastNumericExtension = 10;
    public const int MostUsers = 100_000;
    public const int LongestName = 100;
    public const int LongestSecret = 128;
    public const string TenantNameRule = "must be 1 to 63 lower-case letters, digits or dashes, beginning with a letter or digit";
    public const string DomainRule = "must be a domain name such as example.com";
    public const string ExtensionRule = "must be 2 to 10 digits";
    public const int MostCallerIds = 50;
    public const string NumberRule = "must be a number of 2 to 20 digits, which may begin with +";
    public const int MostTrunks = 100;
    public const int MostGateways = 8;
    public const int MostDialRules = 100;
    public const int MostNetworks = 100;
    public const int MostInboundNumbers = 10_000;
    public const int LongestDialPrefix = 20;
    public const string DialPrefixRule = "must be at most 20 digits, which may begin with +";
    public const string RoomNumberRule = "must not be a room number: 99900 to 99999 are rooms";

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}\\z")]
    public static partial Regex TenantName { get; }

    [GeneratedRegex("^(?=.{1,253}\\z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\z")]
    private static partial Regex DomainName { get; }

    [GeneratedRegex("^[0-9]{2,10}\\z")]
    public static partial Regex Extension { get; }

    [GeneratedRegex("^\\+?[0-9]{2,20}\\z")]
    public static partial Regex Number { get; }

    [GeneratedRegex("^\\+?[0-9]{0,20}\\z")]
    public static partial Regex DialPrefix { get; }

    [GeneratedRegex("^sip:(\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(:[1-9][0-9]{0,4})?(;transport=(udp|tcp|tls))?\\z")]
    public static partial Regex Gateway { get; }

    [GeneratedRegex("^999[0-9]{2}\\z")]
    public static partial Regex RoomNumber { get; }

    /// <summary>A name of letters, digits and dashes in labels; digits and dots alone are an address.</summary>
    public static bool IsDomain(string text) => DomainName.IsMatch(text) && text.Any(c => c is not ('.' or (>= '0' and <= '9')));

    public static bool IsName(string text) => text.Length is >= 1 and <= LongestName && !text.Any(char.IsControl);

    public static bool IsSecret(string text) => text.Length is >= 1 and <= LongestSecret && !text.Any(char.IsControl);
}
