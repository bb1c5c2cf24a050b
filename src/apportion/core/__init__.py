"""What every room needs: errors, money, periods."""
