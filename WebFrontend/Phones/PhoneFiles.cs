using System.Text.RegularExpressions;

namespace Webphone.WebFrontend.Phones;

/// <summary>Which file a phone asks for, by the names that its maker's phones ask for. Pure.</summary>
internal static partial class PhoneFiles
{
    /// <summary>Beginnings of Poly's hardware addresses: their phones ask for the same name as Yealink's.</summary>
    private static readonly string[] Poly = ["0004f2", "64167f", "482567"];

    private const string Snom = "000413";

    [GeneratedRegex("^y[0-9]{12}\\.cfg\\z")]
    private static partial Regex YealinkCommon { get; }

    /// <summary>A Cisco model (PSN).</summary>
    [GeneratedRegex("^(cp-|spa)?[0-9]{4}(-3pcc|-3pcc-xml)?\\.(xml|cfg)\\z")]
    private static partial Regex CiscoModel { get; }

    [GeneratedRegex("^snom[a-z0-9]{0,8}(-[0-9a-f]{12})?\\.(htm|html|xml)\\z")]
    private static partial Regex SnomModel { get; }

    [GeneratedRegex("[0-9a-f]{12}")]
    private static partial Regex AnyMac { get; }

    /// <param name="name">The file's name.</param>
    /// <param name="userAgent">What the phone calls itself; tells makers apart that use the same name.</param>
    /// <param name="setup">For whom.</param>
    /// <returns>Null when there is no such file, or it is another phone's.</returns>
    public static PhoneFile? Find(string name, string userAgent, PhoneSetup setup)
    {
        name = name.ToLowerInvariant();
        var mac = setup.Configuration.Mac;
        if (YealinkCommon.IsMatch(name))
            return YealinkFile.Common();
        if (name == "000000000000.cfg")
            return PolyFiles.Master(setup);
        if (AnyMac.IsMatch(name) && !name.Contains(mac, StringComparison.Ordinal))
            return null;
        if (name == $"{mac}.cfg")
            return IsPoly(mac, userAgent) ? PolyFiles.Master(setup) : YealinkFile.Write(setup);
        if (name == mac + PolyFiles.ConfigurationSuffix)
            return PolyFiles.Configuration(setup);
        if (name == $"{mac}-directory.xml")
            return PolyFiles.Directory(setup);
        if (name == $"cfg{mac}.xml" || name == "cfg.xml")
            return GrandstreamFile.Write(setup);
        if (name == $"{mac}.htm" || SnomModel.IsMatch(name))
            return SnomFile.Write(setup);
        if (name == $"{mac}.xml")
            return IsSnom(mac, userAgent) ? SnomFile.Write(setup) : CiscoFile.Write(setup);
        return name == $"spa{mac}.xml" || name == $"spa{mac}.cfg" || CiscoModel.IsMatch(name) ? CiscoFile.Write(setup) : null;
    }

    private static bool IsPoly(string mac, string userAgent) =>
        userAgent.Contains("poly", StringComparison.OrdinalIgnoreCase)
        || (!userAgent.Contains("yealink", StringComparison.OrdinalIgnoreCase) && Poly.Contains(mac[..6]));

    private static bool IsSnom(string mac, string userAgent) => userAgent.Contains("snom", StringComparison.OrdinalIgnoreCase) || mac.StartsWith(Snom, StringComparison.Ordinal);
}
